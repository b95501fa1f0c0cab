import type { DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { faultOf } from '@clerk-sync/core'

/**
 * Passes a statement through the kit's hands. One that opens or ends a transaction and cannot be sent means that the
 * connection is gone: with a living one, nobody could tell whether the transaction is still open. A server that refuses
 * to commit has ended the transaction itself.
 *
 * (With a living connection, a `begin` that fails costs Drizzle the connection: it never goes back to the pool.)
 */
export async function pass<T>(
  calls: DatabaseCalls,
  statement: string,
  call: () => Promise<T>,
  sever: () => unknown,
): Promise<T> {
  let sent = false
  try {
    return await calls.run(() => {
      sent = true
      return call()
    }, sever)
  } catch (error) {
    const refusedByServer = /^commit/i.test(statement) && faultOf(error) === 'transient'
    if (!sent && opensOrEnds.test(statement) && !refusedByServer) sever()
    throw error
  }
}

const opensOrEnds = /^(begin|start transaction|commit|rollback)\b/i
