import { ClerkSyncError, type SyncAdapter } from '@clerk-sync/core'
import { asyncRunner, createSqlAdapter, type RunResult, type Statement, sqlite, syncRunner } from '@clerk-sync/core/sql'
import type { TablesRelationalConfig } from 'drizzle-orm'
import type { BaseSQLiteDatabase, SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { sqliteResult } from './driver-result.ts'
import { type GivenTables, readTables } from './given-tables.ts'
import { Rendered } from './rendered.ts'
import { uniqueIndexes } from './synced-table.ts'
import { inTurn } from './turns.ts'

export type AnySqliteDatabase<Kind extends 'sync' | 'async'> = BaseSQLiteDatabase<
  Kind,
  unknown,
  Record<string, unknown>,
  TablesRelationalConfig
>
type SyncDatabase = AnySqliteDatabase<'sync'>
type AsyncDatabase = AnySqliteDatabase<'async'>
type SyncExecutor = Pick<SyncDatabase, 'all' | 'run'>
type AsyncExecutor = Pick<AsyncDatabase, 'all' | 'run'>

/** SQLite through better-sqlite3 and its like: one connection, answers at once. */
export function sqliteSyncAdapter(db: SyncDatabase, given: GivenTables): SyncAdapter {
  return createSqlAdapter(
    partsOf(db, given),
    syncRunner<SyncExecutor>({
      sendIn(on, statement): RunResult {
        const rendered = new Rendered(statement)
        return sqliteResult(statement.returnsRows ? on.all(rendered) : on.run(rendered))
      },
      transaction: (run) => db.transaction(run, { behavior: 'immediate' }),
    }),
  )
}

/** SQLite through libsql, in a file or over the network. */
export function sqliteAsyncAdapter(db: AsyncDatabase, given: GivenTables): SyncAdapter {
  const execute = async (on: AsyncExecutor, statement: Statement) => {
    const rendered = new Rendered(statement)
    return sqliteResult(await (statement.returnsRows ? on.all(rendered) : on.run(rendered)))
  }
  const client = libsqlOf(db)
  // A server of libsql has a queue of its own.
  const writing = client.protocol === 'file' ? inTurn : <T>(write: () => Promise<T>) => write()
  return createSqlAdapter(
    partsOf(db, given),
    asyncRunner<AsyncExecutor>({
      send: (statements) =>
        writing(async () => {
          const [first] = statements
          if (first?.returnsRows && statements.length === 1) return [await execute(db, first)]
          // Not Drizzle's batch(), which begins as a reader: it cannot become a writer after another one's commit. One
          // write is a batch too: with a failed statement still in progress, autocommit would not commit, and not say so.
          const batch = statements.map(({ sql, params }) => ({ sql, args: params }))
          const results = await client.batch(batch, 'write')
          return results.map((result, n) => sqliteResult(statements[n]?.returnsRows ? result.rows : result))
        }),
      sendIn: execute,
      transaction: (run) => writing(() => db.transaction(run)),
    }),
  )
}

/** What is used of libsql's client. */
interface Libsql {
  readonly protocol: string
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
    'Of the SQLite drivers that answer with promises, this adapter knows libsql. Pass what drizzle() of ' +
      'drizzle-orm/libsql returned.',
  )
}

function partsOf(db: SyncDatabase | AsyncDatabase, given: GivenTables) {
  const { select } = db as AsyncDatabase
  const tables = readTables(given, {
    render: (column, table) =>
      select
        .call(db, { column: column as SQLiteColumn })
        .from(table as SQLiteTable)
        .toSQL().sql,
    indexes: (table) => uniqueIndexes(getTableConfig(table as SQLiteTable)),
  })
  return { name: 'drizzle:sqlite', dialect: sqlite, ...tables }
}
