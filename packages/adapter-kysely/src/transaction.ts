import { ClerkSyncError } from '@clerk-sync/core'
import { type HookHandle, HookStatements } from '@clerk-sync/core/sql'
import { CompiledQuery, type DatabaseConnection, type Kysely, type KyselyPlugin, type Transaction } from 'kysely'
import { onOneConnection } from './one-connection.ts'
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
    const driver = await connection.getExecutor().provideConnection(async (one) => one)
    let thrown: { readonly error: unknown } | undefined
    try {
      return await connection.transaction().execute(async (transaction) => {
        // The hook's own handle ends with the hook, which may take longer than its limit.
        const { tx, end } = handleOf(transaction)
        drivers.set(tx, driver)
        try {
          return await within(limitMs, run(tx))
        } catch (error) {
          thrown = { error }
          throw error
        } finally {
          end()
          release(driver)
          // Statements that are still queued would be sent after the rollback.
          if (thrown) await settled(transaction)
        }
      })
    } catch (error) {
      if (thrown?.error === error) throw error
      await rollBack(connection)
      throw thrown ? thrown.error : error
    }
  })
}

/** The same transaction for a hook, until the hook is over. */
export function handleOf<DB>(transaction: Transaction<DB>): HookHandle<Transaction<DB>> {
  const end = new End()
  const writes = new UnrunWrites()
  const tx = writes.watch(transaction.withPlugin(end))
  return { tx, check: () => writes.refuse(), end: () => end.come() }
}

/** The driver's connection of each transaction. */
const drivers = new WeakMap<object, DatabaseConnection>()

/** What takes the guard of a hook's statements off a connection again. */
const guards = new WeakMap<DatabaseConnection, () => void>()

/** Before the transaction ends, whatever came: the pool gives the connection to others. */
function release(driver: DatabaseConnection): void {
  guards.get(driver)?.()
  guards.delete(driver)
}

/** The same for a hook on MySQL. The connection is the transaction's own. */
export function mysqlHandleOf<DB>(transaction: Transaction<DB>): HookHandle<Transaction<DB>> {
  const { tx, check, end } = handleOf(transaction)
  const driver = drivers.get(transaction)
  if (!driver) throw new Error('The transaction has no connection.')
  const statements = new HookStatements()
  const own = Object.getOwnPropertyDescriptor(driver, 'executeQuery')
  const execute = driver.executeQuery
  const guarded: DatabaseConnection['executeQuery'] = (query, ...options) =>
    statements.send(query.sql, () => execute.call(driver, query, ...options)) as never
  Object.defineProperty(driver, 'executeQuery', { value: guarded, configurable: true })
  guards.set(driver, () => {
    if (own) Object.defineProperty(driver, 'executeQuery', own)
    else Reflect.deleteProperty(driver, 'executeQuery')
  })
  return {
    tx,
    check() {
      statements.check()
      check?.()
    },
    end() {
      end()
      statements.end()
      release(driver)
    },
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
    .executeQuery(CompiledQuery.raw('select 1'))
    .catch(() => {})
}

/** Refuses what is asked of a transaction after its end. */
class End implements KyselyPlugin {
  #ended = false

  come(): void {
    this.#ended = true
  }

  transformQuery({ node }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    if (this.#ended) {
      throw new ClerkSyncError('hook_failed', 'The transaction has ended: the hook must await all that it does.')
    }
    return node
  }

  async transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return result
  }
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
