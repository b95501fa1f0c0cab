import { ClerkSyncError, type SyncAdapter } from '@clerk-sync/core'
import { eq, type TablesRelationalConfig } from 'drizzle-orm'
import type { BaseSQLiteDatabase, SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { createAdapter } from './adapter.ts'
import { type TableFacts, unquoted } from './check.ts'
import { sqliteResult } from './driver-result.ts'
import { writeSqlite } from './guarded-write.ts'
import { type GivenTables, makeParts } from './parts.ts'
import type { RunResult } from './program.ts'
import { asyncRunner, syncRunner } from './runner.ts'
import { sqliteSpelling } from './spelling.ts'
import { Rendered } from './statement.ts'
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
export function sqliteSyncAdapter(db: SyncDatabase, tables: GivenTables): SyncAdapter {
  const execute = (on: SyncExecutor, statement: Rendered): RunResult =>
    sqliteResult(statement.returnsRows ? on.all(statement) : on.run(statement))
  const query: Query = async (sql, ...params) => execute(db, new Rendered({ sql, params }, true)).rows
  return createAdapter(
    partsOf(db, tables, query, (read) => read()),
    syncRunner<SyncExecutor>({
      sendIn: execute,
      transaction: (run) => db.transaction(run, { behavior: 'immediate' }),
    }),
  )
}

/** SQLite through libsql, in a file or over the network. */
export function sqliteAsyncAdapter(db: AsyncDatabase, tables: GivenTables): SyncAdapter {
  const execute = async (on: AsyncExecutor, statement: Rendered) =>
    sqliteResult(await (statement.returnsRows ? on.all(statement) : on.run(statement)))
  const query: Query = async (sql, ...params) => (await execute(db, new Rendered({ sql, params }, true))).rows
  const client = libsqlOf(db)
  // A server of libsql has a queue of its own.
  const writing: typeof inTurn = client.protocol === 'file' ? inTurn : (write) => write()
  return createAdapter(
    partsOf(db, tables, query, writing),
    asyncRunner<AsyncExecutor>({
      send: (statements) =>
        writing(async () => {
          const [first] = statements
          if (first?.returnsRows && statements.length === 1) return [await execute(db, first)]
          // Not Drizzle's batch(), which begins as a reader: it cannot become a writer after another one's commit. One
          // write is a batch too: with a failed statement still in progress, autocommit would not commit, and not say so.
          const batch = statements.map(({ query: { sql, params } }) => ({ sql, args: params }))
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

type Query = (sql: string, ...params: unknown[]) => Promise<RunResult['rows']>

function partsOf(db: SyncDatabase | AsyncDatabase, tables: GivenTables, query: Query, inTurns: typeof inTurn) {
  const { select } = db as AsyncDatabase
  return makeParts(tables, {
    name: 'drizzle:sqlite',
    spelling: sqliteSpelling,
    write: writeSqlite,
    claimed: () => false,
    render: (column, table) =>
      select
        .call(db, { column: column as SQLiteColumn })
        .from(table as SQLiteTable)
        .toSQL().sql,
    select: (table, column, value) =>
      inTurns(async () =>
        (db as AsyncDatabase)
          .select()
          .from(table as SQLiteTable)
          .where(eq(column, value)),
      ),
    indexes: (table) => uniqueIndexes(getTableConfig(table as SQLiteTable)),
    facts: (table) => tableFacts(unquoted(table), query),
    settings: async () => [],
  })
}

async function tableFacts(table: string, query: Query): Promise<TableFacts> {
  const columns = await query('select name, "notnull", dflt_value, pk from pragma_table_info(?)', table)
  const uniques = await query(
    `select i.name as name, group_concat(c.name, ',') as columns
     from pragma_index_list(?) i, pragma_index_info(i.name) c
     where i."unique" = 1 and i.partial = 0 and i.origin <> 'pk' group by i.name`,
    table,
  )
  const references = await query('select "from" as name from pragma_foreign_key_list(?)', table)
  return {
    columns: new Map(
      columns.map((row) => [
        String(row.name),
        {
          notNull: Number(row.notnull) === 1,
          defaultValue: row.dflt_value === null ? null : String(row.dflt_value),
          ignoresCase: false,
        },
      ]),
    ),
    primaryKey: columns.filter((row) => Number(row.pk) > 0).map((row) => String(row.name)),
    uniques: uniques.map((row) => String(row.columns).split(',')),
    references: references.map((row) => String(row.name)),
  }
}
