import { execFile } from 'node:child_process'
import type { Finding } from '../doctor/finding.ts'

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
 */
export function runDoctor(
  options: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Examination> {
  const args = [...process.execArgv, process.argv[1] ?? '', 'doctor', '--json', ...options]
  const settings = { env, signal, timeout: LONGEST_RUN_MS, maxBuffer: 8 * 1024 * 1024 }
  const { promise, resolve } = Promise.withResolvers<Examination>()
  // Exit code 1 says that something is wrong: the findings say what.
  execFile(process.execPath, args, settings, (error, stdout, stderr) => {
    resolve(lastLineOf(stdout) ?? { error: { message: stderr.trim() || String(error) } })
  })
  return promise
}

function lastLineOf(stdout: string): Examination | undefined {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  } catch {
    return undefined
  }
}
