import { faultOf } from './database-fault.ts'

/** Svix gives up on an attempt after 15 s; an answer must leave before that. */
const BUDGET_MS = 10_000
const FIRST_WAIT_MS = 5
const LONGEST_WAIT_MS = 500

/**
 * Runs a transaction again while the database refuses it for a passing reason: a deadlock, a serialization failure, a
 * lock that was not had in time. Waits with jitter in between, 10 s in all; then the last error comes out.
 */
export async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + BUDGET_MS
  for (let longest = FIRST_WAIT_MS; ; longest = Math.min(longest * 2, LONGEST_WAIT_MS)) {
    try {
      return await run()
    } catch (error) {
      const wait = Math.random() * longest
      if (faultOf(error) !== 'transient' || Date.now() + wait > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}
