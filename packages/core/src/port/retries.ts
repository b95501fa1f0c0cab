import { databaseFault, type Fault } from './database-fault.ts'
import { LONGEST_WAIT_MS } from './limits.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 500

/**
 * Runs a transaction again while the database refuses it for a passing reason: a deadlock, a serialization failure, a
 * lock that was not had in time. Waits with jitter in between, 10 s in all; then the last error comes out.
 *
 * @param faultOf - the adapter's own, where the error has no code of a database
 */
export async function withRetries<T>(
  run: () => Promise<T>,
  faultOf?: (error: unknown) => Fault | undefined,
): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS
  for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
    try {
      return await run()
    } catch (error) {
      const wait = Math.random() * longest
      if ((faultOf?.(error) ?? databaseFault(error)) !== 'transient' || Date.now() + wait > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}
