import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  EntityOf,
  GivenTables,
  OwnTable,
  ReservedColumn,
  TableName,
  UnknownTables,
} from '@clerk-sync/core/adapter'
import type { SyncResult } from '@clerk-sync/core/sql'
import type { Column, ExtractTablesWithRelations, InferInsertModel, InferSelectModel, Table } from 'drizzle-orm'
import type {
  MySqlDatabase,
  MySqlQueryResultHKT,
  MySqlTable,
  MySqlTransaction,
  PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import type { PgDatabase, PgQueryResultHKT, PgTable, PgTransaction } from 'drizzle-orm/pg-core'
import type { BaseSQLiteDatabase, SQLiteTable, SQLiteTransaction } from 'drizzle-orm/sqlite-core'
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
  Base & SyncColumns,
  Events,
  Letters,
  Versions
>

type SyncColumns = {
  readonly clerkVersion: BelowEveryEvent
  readonly deletedAt: Column
} & KeyColumn

type KeyColumn = { readonly clerkId: Column } | { readonly id: Column }

type BelowEveryEvent = Column & { _: { notNull: true; hasDefault: true } }

/** What the compiler says of a table that cannot be synced: its own words name two types of a thousand characters. */
type Checked<Name, T, D extends AnyDialect, HasVersions> = T extends Table
  ? T extends D['base']
    ? Name extends 'events'
      ? T extends D['events']
        ? T
        : ClerkSyncTypeError<'events is the ledger: pass what clerkEventsTable() made'>
      : Name extends 'deadLetters'
        ? T extends D['letters']
          ? T
          : ClerkSyncTypeError<'deadLetters keeps refused events: pass what clerkDeadLettersTable() made'>
        : Name extends 'versions'
          ? T extends D['versions']
            ? T
            : ClerkSyncTypeError<'versions are those of tables without sync columns: pass what clerkVersionsTable() made'>
          : CheckedColumns<Name & string, T, HasVersions>
    : ClerkSyncTypeError<`${Name & string} is a table of another dialect than the database's`>
  : T extends undefined
    ? T
    : ClerkSyncTypeError<
        T extends { readonly _: { readonly brand: 'Table' } }
          ? TwoCopies<`${Name & string} was made by`>
          : `${Name & string} is no table of Drizzle's`
      >

type TwoCopies<Subject extends string> =
  `Two copies of drizzle-orm are installed, and ${Subject} the one that clerk-sync does not use: install one version`

type CheckedColumns<Name extends string, T, HasVersions> = T extends SyncColumns
  ? T
  : [HasVersions, 'clerkVersion' extends keyof T ? true : false] extends [true, false]
    ? T extends KeyColumn
      ? T
      : ClerkSyncTypeError<NoKey<Name>>
    : ClerkSyncTypeError<
        [Exclude<'clerkVersion' | 'deletedAt', keyof T>] extends [never]
          ? T extends { readonly clerkVersion: BelowEveryEvent }
            ? NoKey<Name>
            : `${Name}.clerkVersion must be .notNull().default('0'): spread ...syncColumns() into the table`
          : `${Name} lacks ${Missing<keyof T>}: spread ...syncColumns() into it${OrVersions<keyof T>}`
      >

type NoKey<Name extends string> = `${Name} has no column for the Clerk id: add id: clerkId().primaryKey()`

type OrVersions<Columns> = 'clerkVersion' extends Columns ? '' : ', or pass versions: clerkVersionsTable()'

type Missing<Columns> = 'clerkVersion' extends Columns
  ? 'the column deletedAt'
  : 'deletedAt' extends Columns
    ? 'the column clerkVersion'
    : 'the columns clerkVersion and deletedAt'

type RowOf<T> = T extends Table
  ? {
      [Property in keyof InferInsertModel<T> as Exclude<Property, ReservedColumn>]: InferInsertModel<T>[Property]
    }
  : never

/** What a map may return for each of the tables. */
export type RowsOf<Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: RowOf<Tables[Name]>
}

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: Tables[Name] extends Table
    ? InferSelectModel<Tables[Name]>
    : never
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

type AnyDialect = Dialect<Table, unknown, unknown, unknown, unknown, unknown>

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

/**
 * The tables, each its own type, or the sentence that says why it cannot be synced. The second branch is never taken:
 * the compiler infers `T` from it, also where `T` is a union.
 */
export type CheckedTables<D, T> = T extends unknown
  ? {
      [Name in keyof T]: Name extends TableName | OwnTable
        ? Checked<Name, T[Name], DialectOf<D>, T extends { readonly versions: Table } ? true : false>
        : UnknownTables<T>[Name & keyof UnknownTables<T>]
    }
  : T

export type TransactionOf<D> = DialectOf<D>['tx']
export type HookResultOf<D> = DialectOf<D>['hookResult']
