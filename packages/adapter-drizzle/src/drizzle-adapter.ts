import { ClerkSyncError } from '@clerk-sync/core'
import {
  checkOptions,
  givenParts,
  givenTables,
  prop,
  type SyncAdapter,
  type WithLedger,
} from '@clerk-sync/core/adapter'
import { is, Table } from 'drizzle-orm'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'
import { databaseOf, dialectOf, driverOf, refuseTransform } from './database.ts'
import type { AnyTables } from './given-tables.ts'
import { type AnyMySqlDatabase, mysqlAdapter } from './mysql-adapter.ts'
import { neonHttpRunner } from './neon-http-runner.ts'
import { type AnyPgDatabase, pgAdapter, pgRunner } from './pg-adapter.ts'
import { namesOf } from './prepared.ts'
import { withQueryCache } from './query-cache.ts'
import { hasPool } from './session.ts'
import { d1Adapter, libsqlAdapter, sqliteSyncAdapter } from './sqlite-adapter.ts'
import type { AnySqliteDatabase } from './sqlite-database.ts'
import type { CheckedDatabase, CheckedTables, HookResultOf, RowsOf, StoredRowsOf, TransactionOf } from './types.ts'

export interface DrizzleAdapterOptions {
  /**
   * Whether writes are prepared on the server, under a name: the database then parses and plans each of them once a
   * connection.
   *
   * - Left out: with node-postgres, those whose values a later `alter table` cannot make the server misread, which are
   *   texts, whole numbers, booleans, UUIDs and JSON. A statement that is refused for what may be its name is sent again
   *   without one (in a transaction, all that comes before the hook), and if that is taken, no more names are used: a
   *   transaction pooler such as PgBouncer before 1.21 loses them. Never with other drivers.
   * - `true`: all writes, with node-postgres, postgres.js and mysql2. Not behind such a pooler: statements fail there.
   * - `false`: none.
   */
  readonly prepare?: boolean
}

/**
 * Syncs into tables of a Drizzle schema, on PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * Each table has the Clerk id in `id` (its primary key) or `clerkId` (unique), and the sync columns; `syncColumns()` of
 * `@clerk-sync/adapter-drizzle/pg`, `/mysql` or `/sqlite` makes them. Where they have other names, these are given with
 * the table: `{ table: users, key: 'authId', version: 'syncVersion', deletedAt: 'clerkDeletedAt' }`. Or the table is left as it is, and `versions` is given
 * as well, which `clerkVersionsTable()` makes: deletes then remove the rows. An event without a hook is one statement, and a
 * read of the row where the statement does not show what became of it.
 *
 * neon-http and D1 have no interactive transactions: their hooks get no `tx`, and run at least once.
 *
 * @example
 * ```ts
 * import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
 * import { drizzle } from 'drizzle-orm/node-postgres'
 * import { pgTable, text } from 'drizzle-orm/pg-core'
 *
 * const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), imageUrl: text(), ...syncColumns() })
 *
 * export const adapter = drizzleAdapter(drizzle(process.env['DATABASE_URL'] ?? ''), { users })
 * ```
 * @throws ClerkSyncError `config_invalid` for a table that cannot be synced, or a driver that is not known.
 */
export function drizzleAdapter<D extends object, const T extends object>(
  db: CheckedDatabase<D>,
  tables: T & CheckedTables<D, T>,
  options?: DrizzleAdapterOptions,
): SyncAdapter<RowsOf<T>, WithLedger<T, TransactionOf<D>>, HookResultOf<D>, StoredRowsOf<T>>
export function drizzleAdapter(db: object, tables: AnyTables, options: DrizzleAdapterOptions = {}): SyncAdapter {
  const own = databaseOf(db)
  return withQueryCache(uncached(own, tables, options), own, tables)
}

function uncached(db: object, tables: AnyTables, options: DrizzleAdapterOptions): SyncAdapter {
  const driver = driverOf(db)
  if (driver === 'postgres-js') refuseTransform(db)
  checkTables(tables)
  checkOptions('drizzleAdapter', options, ['prepare'], { prepared: 'prepare', prepareStatements: 'prepare' })
  const { prepare } = options
  if (prepare !== undefined && typeof prepare !== 'boolean') {
    throw new ClerkSyncError('config_invalid', 'drizzleAdapter: prepare is true or false, or left out.')
  }
  const hasParts = givenParts<unknown>(tables).length > 0
  if (tables.events || tables.versions || hasParts) requirePool(db, driver)
  const names = namesOf(driver, prepare)
  if (isOf('postgres', db)) {
    return pgAdapter(db, tables, isNeonHttp(db, driver) ? neonHttpRunner(db) : pgRunner(db, names))
  }
  if (isOf('mysql', db)) return mysqlAdapter(db, tables, driver === 'planetscale-serverless', names)
  if (isSqlite(db, 'sync')) return sqliteSyncAdapter(db, tables)
  if (isSqlite(db, 'async')) return driver === 'd1' ? d1Adapter(db, tables) : libsqlAdapter(db, tables)
  throw new ClerkSyncError(
    'config_invalid',
    'drizzleAdapter does not see the class of this Drizzle database, which a copy or a Proxy may hide. Give it what ' +
      'drizzle() returned, or have the Proxy pass on `constructor`.',
  )
}

function checkTables(tables: AnyTables): void {
  const all: (readonly [string, unknown])[] = [
    ...givenTables<unknown>('drizzleAdapter', tables, { parts: true }),
    ...givenParts<unknown>(tables),
  ]
  for (const own of ['events', 'deadLetters', 'versions'] as const)
    if (tables[own] !== undefined) all.push([own, tables[own]])
  for (const [name, given] of all) {
    const table = prop(given, 'table') ?? given
    if (is(given, Table) || is(table, Table)) continue
    throw new ClerkSyncError(
      'config_invalid',
      `drizzleAdapter: the table for ${name} must be a table of the schema, as pgTable, mysqlTable or sqliteTable made ` +
        `it, and is ${typeof table === 'string' ? `the text "${table}"` : `no table (${typeof table})`}.`,
    )
  }
}

function requirePool(db: object, driver: string): void {
  if ((driver !== 'node-postgres' && driver !== 'mysql2') || hasPool(db)) return
  throw new ClerkSyncError(
    'config_invalid',
    'Hooks and removals need a pool, and so do tables of parts: on the one connection that drizzle() of ' +
      `${driver} was given, other deliveries would write into their transaction and be lost with it. Pass a Pool, of one ` +
      'connection if need be.',
  )
}

interface Databases {
  readonly postgres: AnyPgDatabase
  readonly mysql: AnyMySqlDatabase
}

function isOf<Dialect extends keyof Databases>(dialect: Dialect, db: object): db is Databases[Dialect] {
  return dialectOf(db) === dialect
}

function isNeonHttp(db: object, driver: string): db is NeonHttpDatabase {
  return driver === 'neon-http'
}

function isSqlite<Kind extends 'sync' | 'async'>(db: object, kind: Kind): db is AnySqliteDatabase<Kind> {
  return dialectOf(db) === 'sqlite' && Reflect.get(db, 'resultKind') === kind
}
