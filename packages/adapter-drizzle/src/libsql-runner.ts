import { ClerkSyncError } from '@clerk-sync/core'
import { createQueue, databaseFault, type Queue } from '@clerk-sync/core/adapter'
import { asyncRunner, type Runner, type Statement } from '@clerk-sync/core/sql'
import { sqliteResult } from './driver-result.ts'
import { handleOf } from './hook-handle.ts'
import { Rendered } from './rendered.ts'
import type { AnySqliteDatabase } from './sqlite-database.ts'

type AsyncExecutor = Pick<AnySqliteDatabase<'async'>, 'all' | 'run'>

/** SQLite through libsql, in a file or over the network. */
export function libsqlRunner(db: AnySqliteDatabase<'async'>): Runner<AsyncExecutor, unknown> {
  const execute = async (on: AsyncExecutor, statement: Statement) => {
    const rendered = new Rendered(statement)
    return sqliteResult(await (statement.returnsRows ? on.all(rendered) : on.run(rendered)))
  }
  const client = libsqlOf(db)
  const queue = queueOf(db)
  return asyncRunner<AsyncExecutor>({
    send: (statements) =>
      queue(async () => {
        const [first] = statements
        if (first?.returnsRows && statements.length === 1) return [await execute(db, first)]
        // Not Drizzle's batch(), which begins as a reader: it cannot become a writer after another one's commit. One
        // write is a batch too: with a failed statement still in progress, autocommit would not commit, and not say so.
        const batch = statements.map(({ sql, params }) => ({ sql, args: params }))
        const results = await client.batch(batch, 'write')
        return results.map((result, n) => sqliteResult(statements[n]?.returnsRows ? result.rows : result))
      }),
    sendIn: execute,
    transaction: (run) => queue(() => db.transaction(run)),
    handle: (tx) => handleOf(tx, 'sqlite'),
  })
}

/**
 * The writes of this process to SQLite files, through any of libsql's clients.
 *
 * A file has one writer at a time, and libsql's driver must not find that out by failing: a statement that failed with
 * SQLITE_BUSY stays in progress until it is garbage-collected, and until then no transaction can commit on its
 * connection (https://github.com/tursodatabase/libsql-client-ts/issues/352). Nor can the driver wait for a transaction
 * of its own process, since its waiting stops the process. One queue for all files costs little: the driver works on
 * one at a time anyway. Other processes are waited for in the driver, so give the client a `timeout`.
 */
const fileQueue = createQueue()

/** How writes through this database wait for each other; a server of libsql has a queue of its own. */
export function queueOf(db: object): Queue {
  const client = libsqlOf(db)
  return client.protocol === 'file' ? (run) => fileQueue(() => renewedAfterBusy(client, run)) : (run) => run()
}

/**
 * A statement that met SQLITE_BUSY stays in progress on its connection, and nothing commits there until it is
 * garbage-collected: the next write gets new connections. Reads are over at once; a transaction of the application's own
 * that is open meanwhile ends with an error.
 */
async function renewedAfterBusy<T>(client: Libsql, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (databaseFault(error) === 'transient') await client.reconnect?.()
    throw error
  }
}

/** What is used of libsql's client. */
interface Libsql {
  readonly protocol: string
  /** Older clients do not have it. */
  reconnect?(): unknown
  batch(
    statements: readonly { readonly sql: string; readonly args: readonly unknown[] }[],
    mode: 'write',
  ): Promise<readonly { readonly rows: readonly unknown[]; readonly rowsAffected: number }[]>
}

function libsqlOf(db: object): Libsql {
  const client: unknown = Reflect.get(db, '$client')
  if (typeof client === 'object' && client !== null && 'protocol' in client && 'batch' in client) {
    return client as Libsql
  }
  throw new ClerkSyncError(
    'config_invalid',
    'This database of libsql has no client: pass what drizzle() of drizzle-orm/libsql returned.',
  )
}
