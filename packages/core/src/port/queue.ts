import { ClerkSyncError } from '../errors.ts'
import { LONGEST_WAIT_MS } from './limits.ts'

/** Runs what it is given; when, is the queue's. */
export type Queue = <T>(run: () => Promise<T>) => Promise<T>

/**
 * Runs one after another, in the order of the calls: for a database that has one connection, or one writer. What has
 * waited 10 s is not run any more, and rejects with `store_failed`.
 *
 * @example
 * ```ts
 * import { createQueue } from '@clerk-sync/core/adapter'
 *
 * const queue = createQueue()
 * export const write = (run: () => Promise<void>) => queue(run)
 * ```
 */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (run) =>
    new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        reject(waitedTooLong())
      }, LONGEST_WAIT_MS)
      last = last.then(async () => {
        if (late) return
        clearTimeout(timer)
        // Also where it throws at once: the queue goes on.
        await Promise.resolve().then(run).then(resolve, reject)
      })
    })
}

function waitedTooLong(): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `Other writes of this process kept the database for ${LONGEST_WAIT_MS / 1000} s. Nothing was written. ` +
      'Look for a hook that takes long, or that waits for another delivery.',
  )
}
