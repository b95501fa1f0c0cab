import { ClerkSyncError } from '@clerk-sync/core'
import type { DialectName, HookHandle } from '@clerk-sync/core/sql'
import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { onOneConnection } from './one-connection.ts'
import { ownQuery, TransactionConnection } from './transaction-connection.ts'
import { UnrunWrites } from './unrun-writes.ts'

/**
 * Kysely's own transaction, on a connection that the adapter keeps until the transaction is known to have ended.
 *
 * Kysely gives a connection back as it is when `begin` failed with the answer lost, and, on MySQL, when `rollback` did:
 * the next write would ride in the open transaction. And what a hook has left running is sent after the end, on its
 * own, or in another's transaction.
 *
 * @param limitMs - how long `run` may take; undefined for as long as it likes
 * @param signal - aborted when the delivery has its answer: `run` ends, or its connection does
 */
export function inTransaction<DB, T>(
  db: Kysely<DB>,
  limitMs: number | undefined,
  run: (tx: Transaction<DB>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return onOneConnection(db, signal, async (connection) => {
    const own = await TransactionConnection.of(connection)
    let thrown: { readonly error: unknown } | undefined
    try {
      return await connection.transaction().execute(async (transaction) => {
        connections.set(transaction, own)
        try {
          // What it goes on with after its limit is refused.
          return await within(limitMs, run(transaction))
        } catch (error) {
          thrown = { error }
          throw error
        } finally {
          own.endHook()
          // Statements that are still queued would be sent after the rollback.
          if (thrown) await settled(transaction)
          own.expectEnd()
        }
      })
    } catch (error) {
      if (thrown?.error === error) throw error
      await rollBack(connection)
      throw thrown ? thrown.error : error
    } finally {
      own.close()
    }
  })
}

/** The connection of each transaction. */
const connections = new WeakMap<object, TransactionConnection>()

/** The same transaction for a hook, until the hook is over. */
export function handleOf<DB>(transaction: Transaction<DB>, dialect: DialectName): HookHandle<Transaction<DB>> {
  const connection = connections.get(transaction)
  if (!connection) throw new Error('The transaction has no connection.')
  const statements = connection.beginHook(dialect)
  const writes = new UnrunWrites()
  return {
    tx: writes.watch(transaction),
    check() {
      statements.check()
      writes.refuse()
    },
    end: () => connection.endHook(),
  }
}

/** Ends what may be open on a connection. Where that fails each time the connection is broken, and its pool drops it. */
export async function rollBack<DB>(connection: Kysely<DB>): Promise<void> {
  const bare = connection.withoutPlugins()
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      await bare.executeQuery(CompiledQuery.raw('rollback'))
      return
    } catch {
      // SQLite refuses it too where there is nothing to roll back. The error that led here is the one to report.
    }
  }
}

/** One connection sends one statement after another: when the last one is through, all are. */
async function settled<DB>(transaction: Transaction<DB>): Promise<void> {
  await transaction
    .withoutPlugins()
    .executeQuery(ownQuery('select 1'))
    .catch(() => {})
}

function within<T>(limitMs: number | undefined, work: Promise<T>): Promise<T> {
  if (limitMs === undefined) return work
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(tookTooLong(limitMs)), limitMs)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function tookTooLong(limitMs: number): ClerkSyncError {
  return new ClerkSyncError(
    'hook_failed',
    `The hook took longer than ${limitMs} ms, and everything else waits for its connection, which is the only one. ` +
      'Nothing was kept. Look for a query through `db` in place of `tx`: it waits for the transaction to end, and the ' +
      'transaction for it.',
  )
}
