import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  ColumnName,
  EntityOf,
  FilledTableName,
  GivenTables,
  NamedColumn,
  OwnTable,
  PartTableName,
  RemovedRow,
  ReservedColumn,
  TableName,
  UnknownTables,
} from '@clerk-sync/core/adapter'
import type { SyncResult } from '@clerk-sync/core/sql'
import type { ExtractTablesWithRelations, InferInsertModel, InferSelectModel, Table } from 'drizzle-orm'
import type {
  MySqlDatabase,
  MySqlQueryResultHKT,
  MySqlTable,
  MySqlTransaction,
  PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import type { PgDatabase, PgQueryResultHKT, PgTable, PgTransaction } from 'drizzle-orm/pg-core'
import type { BaseSQLiteDatabase, SQLiteTable, SQLiteTransaction } from 'drizzle-orm/sqlite-core'
import type { Checked, CheckedPart, OwnerName, SyncColumns, TwoCopies } from './checked-table.ts'
import type { NamedPartTable, NamedTable } from './given-tables.ts'
import type {
  clerkEventsTable as mysqlEvents,
  clerkDeadLettersTable as mysqlLetters,
  clerkVersionsTable as mysqlVersions,
} from './mysql.ts'
import type {
  clerkEventsTable as postgresEvents,
  clerkDeadLettersTable as postgresLetters,
  clerkVersionsTable as postgresVersions,
} from './pg.ts'
import type {
  clerkEventsTable as sqliteEvents,
  clerkDeadLettersTable as sqliteLetters,
  clerkVersionsTable as sqliteVersions,
} from './sqlite.ts'

/**
 * The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for hooks;
 * `deadLetters` keeps what is refused until the end; `versions` has the versions of the tables without sync columns.
 */
export type DrizzleTables<Base, Events, Letters = unknown, Versions = unknown> = GivenTables<
  (Base & SyncColumns) | NamedTable<Base>,
  Events,
  Letters,
  Versions,
  Base | NamedPartTable<Base>
>

/** The table of an option, which names its columns or does not. */
type TableIn<Given> = Given extends Table ? Given : Given extends NamedTable<infer T extends Table> ? T : never

type RowOf<Given, T = TableIn<Given>> = T extends Table
  ? {
      [Property in keyof InferInsertModel<T> as Exclude<
        Property,
        ReservedColumn | NamedColumn<Given>
      >]: InferInsertModel<T>[Property]
    }
  : never

/** What a map may return for each of the tables. */
export type RowsOf<Tables> = {
  [Name in keyof Tables & FilledTableName as EntityOf<Name>]: Name extends PartTableName
    ? Omit<RowOf<Tables[Name]>, OwnerName<Tables[Name]>>
    : RowOf<Tables[Name]> & (IsBeside<Tables, Tables[Name]> extends true ? RemovedRow : unknown)
}

/** Whether a table has its versions beside it. */
type IsBeside<Tables, Given> = Tables extends { readonly versions: Table }
  ? ColumnName<Given, 'version', 'clerkVersion'> extends keyof TableIn<Given>
    ? false
    : true
  : false

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: InferSelectModel<TableIn<Tables[Name]>>
}

type Schema = Record<string, unknown>

interface Dialect<Base extends Table, Events, Letters, Versions, Tx, HookResult> {
  readonly base: Base
  readonly events: Events
  readonly letters: Letters
  readonly versions: Versions
  readonly tx: Tx
  readonly hookResult: HookResult
}

/** neon-http, of all PostgreSQL drivers: it sends batches in place of transactions. */
type Batches = { batch(...queries: never): unknown }

/** What D1 answers to a statement: nothing is known of it where the types of Workers are not installed. */
type IsD1<Result> = unknown extends Result ? true : Result extends { success: true; meta: object } ? true : false

/**
 * What follows from the type of a database: the tables it takes, and what hooks get and may return. `tx` is never where
 * the driver has no interactive transactions.
 */
type DialectOf<D> =
  D extends PgDatabase<infer Q extends PgQueryResultHKT, infer S extends Schema>
    ? Dialect<
        PgTable,
        ReturnType<typeof postgresEvents>,
        ReturnType<typeof postgresLetters>,
        ReturnType<typeof postgresVersions>,
        D extends Batches ? never : PgTransaction<Q, S, ExtractTablesWithRelations<S>>,
        unknown
      >
    : D extends MySqlDatabase<
          infer Q extends MySqlQueryResultHKT,
          infer P extends PreparedQueryHKTBase,
          infer S extends Schema
        >
      ? Dialect<
          MySqlTable,
          ReturnType<typeof mysqlEvents>,
          ReturnType<typeof mysqlLetters>,
          ReturnType<typeof mysqlVersions>,
          MySqlTransaction<Q, P, S, ExtractTablesWithRelations<S>>,
          unknown
        >
      : D extends BaseSQLiteDatabase<infer Kind extends 'sync' | 'async', infer R, infer S extends Schema>
        ? Dialect<
            SQLiteTable,
            ReturnType<typeof sqliteEvents>,
            ReturnType<typeof sqliteLetters>,
            ReturnType<typeof sqliteVersions>,
            [Kind, IsD1<R>] extends ['async', true]
              ? never
              : SQLiteTransaction<Kind, R, S, ExtractTablesWithRelations<S>>,
            Kind extends 'sync' ? SyncResult : unknown
          >
        : never

/** The database, or the sentence that says why it is none. */
export type CheckedDatabase<D> = [DialectOf<D>] extends [never]
  ? ClerkSyncTypeError<
      D extends { readonly _: { readonly fullSchema: unknown } }
        ? TwoCopies<'the database was made by'>
        : 'drizzleAdapter takes the database first, as drizzle() returned it'
    >
  : D

/** The tables, each its own type, or the sentence that says why it cannot be synced. */
export type CheckedTables<D, T> = {
  [Name in keyof T]: Name extends TableName | OwnTable
    ? Checked<Name, T[Name], DialectOf<D>, T extends { readonly versions: Table } ? true : false>
    : Name extends PartTableName
      ? CheckedPart<Name, T[Name], DialectOf<D>['base']>
      : UnknownTables<T>[Name & keyof UnknownTables<T>]
}

export type TransactionOf<D> = DialectOf<D>['tx']
export type HookResultOf<D> = DialectOf<D>['hookResult']
