import { endSession } from './hook-handle.ts'
import { checkoutOf } from './pool.ts'
import { isPostgresJs, postgresJsTransaction } from './postgres-js-transaction.ts'
import { type DrizzleTransaction, onOneConnection, type Session, sessionOf, type Transaction } from './session.ts'

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
  return async (run, signal) => {
    let thrown: { readonly error: unknown } | undefined
    const watched = (tx: Tx) =>
      run(tx).catch((error: unknown) => {
        thrown = { error }
        throw error
      })
    try {
      if (!session || !checkout) return await db.transaction((tx) => watched(tx).finally(() => endSession(tx)))
      // On a session of one connection Drizzle opens the transaction there, and leaves it there.
      const use = (own: Session<Tx>) => own.transaction(watched)
      return await onOneConnection(session, checkout, signal, use, (error) => thrown?.error === error)
    } catch (error) {
      // Not that the rollback failed as well: the server rolls back by itself.
      throw thrown ? thrown.error : error
    }
  }
}
