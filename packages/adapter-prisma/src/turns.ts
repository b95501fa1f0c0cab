import { ClerkSyncError } from '@clerk-sync/core'

/** Svix gives up on an attempt after 15 s; an answer must leave before that. */
const LONGEST_WAIT_MS = 10_000

/** Lets what it is given wait for each other, in the order in which it came. */
export function turns(): <T>(write: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (write) =>
    new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        reject(waitedTooLong())
      }, LONGEST_WAIT_MS)
      last = last.then(async () => {
        if (late) return
        clearTimeout(timer)
        await write().then(resolve, reject)
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
