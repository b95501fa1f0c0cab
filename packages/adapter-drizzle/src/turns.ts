import { ClerkSyncError } from '@clerk-sync/core'

/** Svix gives up on an attempt after 15 s; an answer must leave before that. */
const LONGEST_WAIT_MS = 10_000

export type Turns = <T>(run: () => Promise<T>) => Promise<T>

/** For drivers that need no turns. */
export const atOnce: Turns = (run) => run()

let last: Promise<unknown> = Promise.resolve()

/**
 * Lets the writes of this process to SQLite files through libsql wait for each other.
 *
 * A file has one writer at a time, and libsql's driver must not find that out by failing: a statement that failed with
 * SQLITE_BUSY stays in progress until it is garbage-collected, and until then no transaction can commit on its
 * connection (https://github.com/tursodatabase/libsql-client-ts/issues/352). Nor can the driver wait for a transaction
 * of its own process, since its waiting stops the process. One queue for all files costs little: the driver works on
 * one at a time anyway. Other processes are waited for in the driver, so give the client a `timeout`.
 */
export function inTurn<T>(write: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(waitedTooLong())
    }, LONGEST_WAIT_MS)
    last = last.then(async () => {
      if (late) return
      clearTimeout(timer)
      try {
        resolve(await write())
      } catch (error) {
        reject(error)
      }
    })
  })
}

function waitedTooLong(): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `Other writes of this process kept SQLite for ${LONGEST_WAIT_MS / 1000} s. Nothing was written, and the event is ` +
      'sent again. Look for a hook that takes long, or that waits for another delivery.',
  )
}
