import { EXIT } from './errors.ts'

/** A terminal and npm both send the signal: a second one within this time, in ms, is the same key. */
const SAME_KEY_MS = 100

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: 143, SIGHUP: 129 } as const

export interface Interruption {
  readonly signal: AbortSignal
  /** The exit code, once the command was interrupted. */
  readonly exitCode: number | undefined
}

/** The first signal asks the command to end; a second one ends it at once. */
export function onInterruption(tell: (text: string) => void): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  let first = 0
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (exitCode === undefined) {
        exitCode = code
        first = performance.now()
        if (name === 'SIGINT') tell('Interrupted: ending after what is under way. Ctrl-C once more ends at once.')
        controller.abort()
      } else if (performance.now() - first > SAME_KEY_MS) {
        process.exit(code)
      }
    })
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
  }
}
