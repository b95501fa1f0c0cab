// The command as a person has it: on a terminal, which the system's own `script` makes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import { CLI } from './command.ts'

/** How long a question may take, in ms. */
const LONGEST_MS = 20_000

export const KEYS = { enter: '\r', down: '\x1B[B', space: ' ', escape: '\x1B', interrupt: '\x03' } as const

export interface Terminal {
  /** Waits until it has printed this, after what was waited for before, and then types. */
  answer(question: string, ...keys: readonly string[]): Promise<void>
  /** With all that was printed, without what moves the cursor. */
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>
}

export function onTerminal(args: readonly string[], cwd: string): Terminal {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  // Made without a size, a terminal would break the line after each character.
  const command = `stty rows 40 cols 120 && exec '${[process.execPath, CLI, ...args].join("' '")}'`
  // `-e`: it ends as the command does.
  const bsd = process.platform === 'darwin'
  const child = spawn('script', bsd ? ['-q', '/dev/null', 'sh', '-c', command] : ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  let seen = 0
  let isOver = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += stripVTControlCharacters(part)
    })
  }
  const ended = once(child, 'close').then(([code]) => {
    isOver = true
    return { code: code as number | null, text }
  })
  return {
    ended,
    async answer(question, ...keys) {
      const until = Date.now() + LONGEST_MS
      let at = text.indexOf(question, seen)
      while (at < 0 && !isOver && Date.now() < until) {
        await Promise.race([once(child.stdout, 'data'), ended, setTimeout(LONGEST_MS, undefined, { ref: false })])
        at = text.indexOf(question, seen)
      }
      if (at < 0) throw new Error(`It did not ask ${JSON.stringify(question)}:\n${text}`)
      seen = at + question.length
      for (const key of keys) child.stdin.write(key)
    },
  }
}
