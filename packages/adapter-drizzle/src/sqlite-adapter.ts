import type { Queue, SyncAdapter } from '@clerk-sync/core/adapter'
import {
  createSqlAdapter,
  HookStatements,
  type Row,
  type RunResult,
  sqlite,
  sqliteStepwise,
  syncRunner,
} from '@clerk-sync/core/sql'
import { asc } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { D1_PARAMETERS, d1Runner } from './d1-runner.ts'
import { sqliteResult } from './driver-result.ts'
import { d1Fault } from './fault.ts'
import { type AnyTables, readTables } from './given-tables.ts'
import { keptStatements } from './kept-statements.ts'
import { libsqlRunner, queueOf } from './libsql-runner.ts'
import { Rendered } from './rendered.ts'
import type { AnySqliteDatabase } from './sqlite-database.ts'
import { UnrunWrites } from './unrun-writes.ts'

type SyncDatabase = AnySqliteDatabase<'sync'>
type AsyncDatabase = AnySqliteDatabase<'async'>
type SyncExecutor = Pick<SyncDatabase, 'all' | 'run'>

/** SQLite through better-sqlite3 and its like: one connection, answers at once. */
export function sqliteSyncAdapter(db: SyncDatabase, given: AnyTables): SyncAdapter {
  const kept = keptStatements(db)
  return createSqlAdapter(
    { ...partsOf(db, given), dialect: sqliteStepwise },
    syncRunner<SyncExecutor>({
      outside: db,
      sendIn(on, statement): RunResult {
        // One connection has them all, and its transactions.
        if (kept) return kept(statement)
        const rendered = new Rendered(statement)
        return sqliteResult(statement.returnsRows ? on.all(rendered) : on.run(rendered))
      },
      transaction: (run) =>
        db.transaction(
          (tx) => {
            // The session is the database's own: what a hook left running would be written by itself. A query that the
            // hook has built, and awaits later, keeps the session of its making: that one ends too.
            const session: unknown = Reflect.get(tx, 'session')
            const own: object = Object.create(Object(session))
            Reflect.set(tx, 'session', own)
            const statements = new HookStatements('sqlite')
            guard(own, statements)
            const writes = new UnrunWrites()
            writes.watch(tx)
            try {
              const result = run(tx)
              writes.refuse()
              statements.check()
              return result
            } finally {
              Reflect.set(tx, 'session', overSession)
              for (const prepare of ['prepareQuery', 'prepareOneTimeQuery']) Reflect.set(own, prepare, over)
            }
          },
          { behavior: 'immediate' },
        ),
    }),
  )
}

/** What the hook sends goes past these. */
function guard(session: object, statements: HookStatements): void {
  const prepare: unknown = Reflect.get(session, 'prepareQuery')
  if (typeof prepare !== 'function') throw new Error('A session of Drizzle has no prepareQuery().')
  Reflect.set(session, 'prepareQuery', (query: { readonly sql: string }, ...others: unknown[]) => {
    statements.before(query.sql)
    return Reflect.apply(prepare, session, [query, ...others])
  })
}

function over(): never {
  throw new Error('The transaction has ended: the hook must do all of its work before it returns.')
}

/** In place of the session of a transaction that is over. */
const overSession = new Proxy({}, { get: over })

/** SQLite through libsql, in a file or over the network. */
export function libsqlAdapter(db: AsyncDatabase, given: AnyTables): SyncAdapter {
  return createSqlAdapter(partsOf(db, given, queueOf(db)), libsqlRunner(db))
}

/** SQLite through D1. */
export function d1Adapter(db: AsyncDatabase, given: AnyTables): SyncAdapter {
  const dialect = { ...sqlite, maxParameters: D1_PARAMETERS }
  return createSqlAdapter({ ...partsOf(db, given), dialect, faultOf: d1Fault }, d1Runner(db))
}

/** Whether its queries answer at once. */
function isSync(db: object): boolean {
  return Reflect.get(db, 'resultKind') === 'sync'
}

function partsOf(db: SyncDatabase | AsyncDatabase, given: AnyTables, queue: Queue = (run) => run()) {
  const { select } = db as AsyncDatabase
  const tables = readTables(db, given, {
    render: (column, table) =>
      select
        .call(db, { column: column as SQLiteColumn })
        .from(table as SQLiteTable)
        .toSQL().sql,
    select: (table, { where, first }, tx) => {
      const query = (on: unknown) => {
        const rows = (on as AsyncDatabase)
          .select()
          .from(table as SQLiteTable)
          .where(where)
          .$withCache(false)
        return first ? rows.orderBy(asc(first.column)).limit(first.limit) : rows
      }
      if (tx === undefined) return queue(async () => query(db))
      return isSync(db) ? (query(tx).all() as object as readonly Row[]) : query(tx)
    },
  })
  return { name: 'drizzle:sqlite', dialect: sqlite, ...tables }
}
