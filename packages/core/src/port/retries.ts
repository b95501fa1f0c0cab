import { databaseFault, type Fault } from './database-fault.ts'
import { LONGEST_WAIT_MS } from './limits.ts'
import { untilAborted } from './until-aborted.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 500

/**
 * Runs a transaction again while the database refuses it for a passing reason: a deadlock, a serialization failure, a
 * lock that was not had in time. Waits with jitter in between, and begins none after 10 s; then the last error comes out.
 *
 * @param faultOf - the adapter's own, where the error has no code of a database
 * @param signal - bounds the whole, a silent attempt too: its reason comes out once it is aborted
 */
export async function withRetries<T>(
  run: () => Promise<T>,
  faultOf?: (error: unknown) => Fault | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS
  for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
    try {
      return await untilAborted(signal, run)
    } catch (error) {
      const wait = Math.random() * longest
      if ((faultOf?.(error) ?? databaseFault(error)) !== 'transient' || Date.now() + wait > deadline) throw error
      await untilAborted(signal, () => new Promise((resolve) => setTimeout(resolve, wait)))
    }
  }
}
