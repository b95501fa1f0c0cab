import { writeSync } from 'node:fs'
import { redact } from './redact.ts'

/** What a command has done, for a script. `ok: false` is exit code 1. */
export interface Outcome {
  readonly ok: boolean
  readonly [field: string]: unknown
}

/** Where a command's words go. With `--json`, standard output has nothing but one JSON object, on its last line. */
export class Output {
  readonly json: boolean

  constructor(json: boolean) {
    this.json = json
  }

  /** What the command was asked for. */
  line(text = ''): void {
    write(this.json ? 2 : 1, text)
  }

  /** Beside what was asked for: problems, and what is going on. */
  note(text: string): void {
    write(2, text)
  }

  /** A person can read it as it comes, and may be asked. */
  get interactive(): boolean {
    return !this.json && [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY) && !process.env.CI
  }

  result(command: string, outcome: Outcome): void {
    if (this.json) writeAll(1, `${json({ command, ...outcome })}\n`)
  }
}

/** A terminal acts on control characters, and a message may quote what a sender chose. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}

/** The text of each value is redacted by itself: in the whole, what looks like a secret could reach beyond its quotes. */
function json(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return redact(part)
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [redact(key), one]))
  }).replace(UNPRINTABLE, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

function write(file: 1 | 2, text: string): void {
  writeAll(file, `${printable(redact(text))}\n`)
}

/** At once, so that nothing is lost when the process ends. */
function writeAll(file: 1 | 2, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(file, rest))
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
      // The reader of a pipe has ended, as `head` does.
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw error
    }
  }
}
