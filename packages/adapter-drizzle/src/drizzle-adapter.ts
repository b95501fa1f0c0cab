import { ClerkSyncError, type SyncAdapter } from '@clerk-sync/core'
import {
  type Column,
  type ExtractTablesWithRelations,
  entityKind,
  type InferInsertModel,
  type InferSelectModel,
  is,
  type Table,
} from 'drizzle-orm'
import {
  MySqlDatabase,
  type MySqlQueryResultHKT,
  type MySqlTable,
  type MySqlTransaction,
  type PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import { PgDatabase, type PgQueryResultHKT, type PgTable, type PgTransaction } from 'drizzle-orm/pg-core'
import { BaseSQLiteDatabase, type SQLiteTable, type SQLiteTransaction } from 'drizzle-orm/sqlite-core'
import type { clerkEventsTable as mysqlEvents } from './mysql.ts'
import { mysqlAdapter } from './mysql-adapter.ts'
import type { GivenTables } from './parts.ts'
import type { clerkEventsTable as postgresEvents } from './pg.ts'
import { pgAdapter } from './pg-adapter.ts'
import { hasPool } from './pooled-transaction.ts'
import { sendPrepared } from './prepared.ts'
import type { SyncResult } from './runner.ts'
import type { clerkEventsTable as sqliteEvents } from './sqlite.ts'
import { type AnySqliteDatabase, sqliteAsyncAdapter, sqliteSyncAdapter } from './sqlite-adapter.ts'
import type { ENTITY_OF, RESERVED } from './synced-table.ts'

type SyncColumns = {
  readonly clerkVersion: Column & { _: { notNull: true; hasDefault: true } }
  readonly deletedAt: Column
} & ({ readonly clerkId: Column } | { readonly id: Column })

/** The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for hooks. */
export type SyncedTables<Base, Events> = {
  readonly [Name in keyof typeof ENTITY_OF]?: Base & SyncColumns
} & { readonly events?: Events }

export interface AdapterOptions {
  /**
   * Prepares the writes on the server, under a name: the database then parses and plans each of them once a connection.
   * For node-postgres, postgres.js and mysql2; the statements go to the driver directly, past Drizzle's logger. Leave it
   * out behind a transaction pooler that loses prepared statements, such as PgBouncer before 1.21. Default: false.
   */
  readonly prepare?: boolean
}

type RowOf<T> = T extends Table
  ? {
      [Property in keyof InferInsertModel<T> as Exclude<
        Property,
        (typeof RESERVED)[number]
      >]: InferInsertModel<T>[Property]
    }
  : never

/** What a map may return for each of the tables. */
export type RowsOf<Tables> = {
  [Name in keyof Tables & keyof typeof ENTITY_OF as (typeof ENTITY_OF)[Name]]: RowOf<Tables[Name]>
}

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<Tables> = {
  [Name in keyof Tables & keyof typeof ENTITY_OF as (typeof ENTITY_OF)[Name]]: Tables[Name] extends Table
    ? InferSelectModel<Tables[Name]>
    : never
}

/**
 * Syncs into tables of a Drizzle schema, on PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * Each table has the Clerk id in `id` (its primary key) or `clerkId` (unique), and the sync columns; `syncColumns()` of
 * `@clerk-sync/adapter-drizzle/pg`, `/mysql` or `/sqlite` makes them. An event without a hook is one statement.
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
 * @throws ClerkSyncError `config_invalid` for a table that cannot be synced, or a driver that has no transactions.
 */
export function drizzleAdapter<
  Q extends PgQueryResultHKT,
  S extends Record<string, unknown>,
  const T extends SyncedTables<PgTable, ReturnType<typeof postgresEvents>>,
>(
  db: PgDatabase<Q, S>,
  tables: T,
  options?: AdapterOptions,
): SyncAdapter<RowsOf<T>, PgTransaction<Q, S, ExtractTablesWithRelations<S>>, unknown, StoredRowsOf<T>>
export function drizzleAdapter<
  Q extends MySqlQueryResultHKT,
  P extends PreparedQueryHKTBase,
  S extends Record<string, unknown>,
  const T extends SyncedTables<MySqlTable, ReturnType<typeof mysqlEvents>>,
>(
  db: MySqlDatabase<Q, P, S>,
  tables: T,
  options?: AdapterOptions,
): SyncAdapter<RowsOf<T>, MySqlTransaction<Q, P, S, ExtractTablesWithRelations<S>>, unknown, StoredRowsOf<T>>
export function drizzleAdapter<
  R,
  S extends Record<string, unknown>,
  const T extends SyncedTables<SQLiteTable, ReturnType<typeof sqliteEvents>>,
>(
  db: BaseSQLiteDatabase<'async', R, S>,
  tables: T,
  options?: AdapterOptions,
): SyncAdapter<RowsOf<T>, SQLiteTransaction<'async', R, S, ExtractTablesWithRelations<S>>, unknown, StoredRowsOf<T>>
export function drizzleAdapter<
  R,
  S extends Record<string, unknown>,
  const T extends SyncedTables<SQLiteTable, ReturnType<typeof sqliteEvents>>,
>(
  db: BaseSQLiteDatabase<'sync', R, S>,
  tables: T,
  options?: AdapterOptions,
): SyncAdapter<RowsOf<T>, SQLiteTransaction<'sync', R, S, ExtractTablesWithRelations<S>>, SyncResult, StoredRowsOf<T>>
export function drizzleAdapter(db: object, tables: GivenTables, { prepare = false }: AdapterOptions = {}): SyncAdapter {
  refuseUnfit(db, tables.events !== undefined)
  const prepared = prepare ? sendPrepared(db) : undefined
  if (is(db, PgDatabase)) return pgAdapter(db, tables, prepared)
  if (is(db, MySqlDatabase)) return mysqlAdapter(db, tables, prepared)
  if (isSqlite(db, 'sync')) return sqliteSyncAdapter(db, tables)
  if (isSqlite(db, 'async')) return sqliteAsyncAdapter(db, tables)
  throw new ClerkSyncError('config_invalid', 'This database of Drizzle is of a dialect that is not known.')
}

function isSqlite<Kind extends 'sync' | 'async'>(db: object, kind: Kind): db is AnySqliteDatabase<Kind> {
  return is(db, BaseSQLiteDatabase) && Reflect.get(db, 'resultKind') === kind
}

/** The drivers that the conformance suite is run on: what another answers to a write, nobody has looked at. */
const DRIVERS: ReadonlyMap<unknown, string> = new Map([
  ['NodePgDatabase', 'node-postgres'],
  ['PostgresJsDatabase', 'postgres-js'],
  ['PgliteDatabase', 'pglite'],
  ['MySql2Database', 'mysql2'],
  ['BetterSQLite3Database', 'better-sqlite3'],
  ['LibSQLDatabase', 'libsql'],
])

function refuseUnfit(db: object, hasLedger: boolean): void {
  const kind: unknown = Reflect.get(db.constructor, entityKind)
  const driver = DRIVERS.get(kind)
  if (!driver) {
    throw new ClerkSyncError(
      'config_invalid',
      `drizzleAdapter takes what drizzle() of ${[...DRIVERS.values()].join(', ')} returned, and this is ` +
        `${typeof kind === 'string' ? kind : 'no database of Drizzle'}. Other drivers lack interactive transactions, or ` +
        'are not proven to say what became of a write.',
    )
  }
  if (hasLedger && (driver === 'node-postgres' || driver === 'mysql2') && !hasPool(db)) {
    throw new ClerkSyncError(
      'config_invalid',
      `Hooks need a pool: on the one connection that drizzle() of ${driver} was given, other deliveries would write ` +
        'into the transaction of a hook and be lost with it. Pass a Pool, of one connection if need be.',
    )
  }
}
