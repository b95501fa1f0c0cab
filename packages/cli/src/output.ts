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
    if (this.json) write(1, JSON.stringify({ command, ...outcome }))
  }
}

/** A terminal acts on control characters, and a message may quote what a sender chose. */
function printable(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  )
}

/** At once, so that nothing is lost when the process ends. */
function write(file: 1 | 2, text: string): void {
  let rest = Buffer.from(`${printable(redact(text))}\n`)
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
