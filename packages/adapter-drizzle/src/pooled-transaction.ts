import { endSession } from './hook-handle.ts'
import { checkoutOf } from './pool.ts'
import { isPostgresJs, postgresJsTransaction } from './postgres-js-transaction.ts'
import { type DrizzleTransaction, onOneConnection, sessionOf, type Transaction } from './session.ts'

/**
 * Drizzle's `transaction`, on a connection that the adapter checks out itself where there is a pool.
 *
 * On a pool Drizzle checks one out by itself, and never gives it back when `begin` fails: a failover, and the pool is
 * empty for good. And it gives one back when `rollback` fails, with the transaction still open: the next write would
 * ride in it. So a transaction that ended with an error other than its own takes its connection with it.
 */
export function pooledTransaction<Tx>(db: { readonly transaction: DrizzleTransaction<Tx> }): Transaction<Tx> {
  const session = sessionOf<Tx>(db)
  if (session && isPostgresJs(session.client)) return postgresJsTransaction(session)
  const checkout = checkoutOf(session?.client)
  if (!session || !checkout) return (run) => db.transaction((tx) => run(tx).finally(() => endSession(tx)))
  return (run, signal) => {
    let thrown: { readonly error: unknown } | undefined
    return onOneConnection(
      session,
      checkout,
      signal,
      // On a session of one connection Drizzle opens the transaction there, and leaves it there.
      (own) =>
        own.transaction((tx) =>
          run(tx).catch((error: unknown) => {
            thrown = { error }
            throw error
          }),
        ),
      (error) => thrown !== undefined && thrown.error === error,
    )
  }
}
