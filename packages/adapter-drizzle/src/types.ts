import type { EntityOf, GivenTables, ReservedColumn, TableName } from '@clerk-sync/core/adapter'
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
import type { clerkEventsTable as mysqlEvents } from './mysql.ts'
import type { clerkEventsTable as postgresEvents } from './pg.ts'
import type { clerkEventsTable as sqliteEvents } from './sqlite.ts'

type SyncColumns = {
  readonly clerkVersion: Column & { _: { notNull: true; hasDefault: true } }
  readonly deletedAt: Column
} & ({ readonly clerkId: Column } | { readonly id: Column })

/** The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for hooks. */
export type DrizzleTables<Base, Events> = GivenTables<Base & SyncColumns, Events>

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

interface Dialect<Base extends Table, Events, Tx, HookResult> {
  readonly tables: DrizzleTables<Base, Events>
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
          MySqlTransaction<Q, P, S, ExtractTablesWithRelations<S>>,
          unknown
        >
      : D extends BaseSQLiteDatabase<infer Kind extends 'sync' | 'async', infer R, infer S extends Schema>
        ? Dialect<
            SQLiteTable,
            ReturnType<typeof sqliteEvents>,
            [Kind, IsD1<R>] extends ['async', true]
              ? never
              : SQLiteTransaction<Kind, R, S, ExtractTablesWithRelations<S>>,
            Kind extends 'sync' ? SyncResult : unknown
          >
        : never

export type TablesOf<D> = DialectOf<D>['tables']
export type TransactionOf<D> = DialectOf<D>['tx']
export type HookResultOf<D> = DialectOf<D>['hookResult']
