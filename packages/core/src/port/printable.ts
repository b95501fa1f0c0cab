/** Control characters, and those that change the direction of what follows: a sender could write lines of its own with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is sought
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A text for a log: what a terminal or a log's reader would act on is written out, `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
