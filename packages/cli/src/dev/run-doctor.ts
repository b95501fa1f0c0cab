import { type ExecFileException, execFile } from 'node:child_process'
import type { Finding } from '../doctor/finding.ts'
import { redact } from '../redact.ts'

/** How long it may take, in ms: a route that hangs is given up after 15 s. */
const LONGEST_RUN_MS = 90_000

export interface Examination {
  readonly errors?: number
  readonly warnings?: number
  readonly findings?: readonly Finding[]
  /** Why there are no findings. */
  readonly error?: { readonly message: string }
}

/**
 * What `clerk-sync doctor` says, in a process of its own: it sees the module and the settings as they are now.
 *
 * @param env - the environment as this command was given it, before any .env file
 * @param longestMs - after which it is ended, whatever it does
 */
export function runDoctor(
  options: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  longestMs = LONGEST_RUN_MS,
): Promise<Examination> {
  const args = [...process.execArgv, process.argv[1] ?? '', 'doctor', '--json', ...options]
  // A module may handle SIGTERM, and go on.
  const settings = { env, signal, timeout: longestMs, killSignal: 'SIGKILL', maxBuffer: 8 * 1024 * 1024 } as const
  const { promise, resolve } = Promise.withResolvers<Examination>()
  // Exit code 1 says that something is wrong: the findings say what.
  execFile(process.execPath, args, settings, (error, stdout, stderr) => {
    resolve(lastLineOf(stdout) ?? { error: { message: whyNothing(error, stderr, longestMs) } })
  })
  return promise
}

/** Node's own message has the whole command line, which nobody needs. */
function whyNothing(error: ExecFileException | null, stderr: string, longestMs: number): string {
  if (error?.killed) return `doctor did not end within ${longestMs / 1000} s.`
  return redact(stderr.trim()) || 'doctor has ended and said nothing. Run clerk-sync doctor in a terminal.'
}

function lastLineOf(stdout: string): Examination | undefined {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  } catch {
    return undefined
  }
}
