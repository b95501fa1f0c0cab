/**
 * Whether a text can be the key of a row or a message: what every database and every character set holds, unaltered. An
 * altered key could be that of another row, and an altered message id that of another message, whose hook would not run.
 */
export function isClerkId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value)
}
