import type {
  EntityOf,
  FilledTableName,
  GivenTables,
  PartTableName,
  RemovedRow,
  ReservedColumn,
  SnakeCase,
  TableName,
} from '@clerk-sync/core/adapter'

type AnyTables = Readonly<Record<string, { Row: Record<string, unknown>; Insert: Record<string, unknown> }>>
type IsUntyped<T> = 0 extends 1 & T ? true : false

/** The tables of the schema `public`, as `supabase gen types` describes them; of a client without types, any. */
export type TablesOf<Database> =
  IsUntyped<Database> extends true
    ? AnyTables
    : Database extends { public: { Tables: infer Tables extends AnyTables } }
      ? Tables
      : never

/** The columns that an insert must give. */
export type RequiredKeys<Row> = {
  [K in keyof Row]-?: string extends K ? never : Record<never, never> extends Pick<Row, K> ? never : K
}[keyof Row]

export type SyncColumn = 'clerk_version' | 'deleted_at'
type ColumnOf<Insert> = Exclude<keyof Insert & string, SnakeCase<ReservedColumn>>
type TextColumnOf<Insert> = {
  [K in keyof Insert & string]: string extends NonNullable<Insert[K]> ? K : never
}[keyof Insert & string]

export interface Listed<Table, Insert> {
  readonly table: Table
  /** The columns that clerk-sync fills: from the record's fields of the same names in camelCase, or by your map. */
  readonly columns: readonly ColumnOf<Insert>[]
  /** Where the adapter is given `versions`: this table has the sync columns, and keeps its versions in its rows. */
  readonly versions?: 'row'
}

export type KeyOption<Insert> = string extends keyof Insert
  ? { readonly key?: string }
  : 'clerk_id' extends keyof Insert
    ? { readonly key: TextColumnOf<Insert> }
    : { readonly key?: TextColumnOf<Insert> }

/** A table that is given by its name alone holds ids and tombstones: no column of it is filled. */
type ShortOption<Table, Insert> = string extends keyof Insert ? Table : 'clerk_id' extends keyof Insert ? never : Table

/**
 * A table of what a user has many of, such as e-mail addresses. Its primary key, or a unique index, is the user's Clerk id
 * and the part's own: `primary key (user_id, id)`.
 */
export interface ListedPart<Table, Insert> extends Omit<Listed<Table, Insert>, 'columns' | 'versions'> {
  /** The columns that may ever be filled; neither of the key. */
  readonly columns: readonly Exclude<ColumnOf<Insert>, 'user_id'>[]
  /** The column with the part's own Clerk id, by default `id`. */
  readonly key?: TextColumnOf<Insert>
  /** The column with the Clerk id of its user, by default `user_id`. */
  readonly owner?: TextColumnOf<Insert>
}

type PartOption<Tables extends AnyTables> = {
  [T in keyof Tables & string]: ListedPart<T, Tables[T]['Insert']>
}[keyof Tables & string]

type TableOption<Tables extends AnyTables> = {
  [T in keyof Tables & string]:
    | ShortOption<T, Tables[T]['Insert']>
    | (Listed<T, Tables[T]['Insert']> & KeyOption<Tables[T]['Insert']>)
}[keyof Tables & string]

// An interface would not be assignable to the index signature of an untyped client's tables.
type LedgerRow = { id: string; type: string; entity_id: string | null; occurred_at: string; processed_at: string }

type LetterRow = {
  id: string
  type: string
  entity_id: string | null
  code: string
  payload: string
  parked_at: string
}

type VersionRow = { table_name: string; id: string; version: string; deleted_at: string | null }

/** The tables that take a row of the library's own. */
type OwnTableName<Tables extends AnyTables, Row> = {
  [T in keyof Tables & string]: keyof Row extends keyof Tables[T]['Insert']
    ? Row extends Tables[T]['Insert']
      ? T
      : never
    : never
}[keyof Tables & string]
export type LedgerName<Tables extends AnyTables> = OwnTableName<Tables, LedgerRow>
export type LettersName<Tables extends AnyTables> = OwnTableName<Tables, LetterRow>
export type VersionsName<Tables extends AnyTables> = OwnTableName<Tables, VersionRow>

/**
 * The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for
 * hooks; `deadLetters` keeps whole what a table or a hook refuses until the end; `versions` has the versions of all tables
 * that do not say `versions: 'row'`, and these have no sync columns then.
 *
 * Supabase knows no columns at run time, so each table comes with the list of those to fill. `key` is the column that
 * holds the Clerk id, by default `id`.
 *
 * @typeParam Database - as `supabase gen types` describes it; only its schema `public` is looked at
 */
export type SupabaseTables<Database> = GivenTables<
  TableOption<TablesOf<Database>>,
  LedgerName<TablesOf<Database>>,
  LettersName<TablesOf<Database>>,
  VersionsName<TablesOf<Database>>,
  PartOption<TablesOf<Database>>
>

export type NameOf<Option> = Option extends { readonly table: infer Table } ? Table : Option
export type ColumnsOf<Option> = Option extends { readonly columns: readonly (infer Column)[] } ? Column : never
export type KeyOf<Option> = Option extends { readonly key: infer Key } ? Key : 'id'
export type InsertOf<Tables extends AnyTables, Option> =
  NameOf<Option> extends infer Table extends keyof Tables ? Tables[Table]['Insert'] : never

interface GivenTable<Table extends string = string> {
  readonly table: Table
  readonly columns: readonly string[]
  readonly key?: string
  readonly owner?: string
  readonly versions?: 'row'
}

/** Whether a table has its versions beside it. */
export type IsBeside<Tables, Option> = Tables extends { readonly versions: string }
  ? Option extends { readonly versions: 'row' }
    ? false
    : true
  : false

type TableNameIn<Database> = keyof TablesOf<Database> & string

/** Tables of the database under any name, to infer from; `CheckedTables` says what is wrong with one. */
export type AnyTablesOf<Database> = GivenTables<
  TableNameIn<Database> | GivenTable<TableNameIn<Database>>,
  TableNameIn<Database>
> & { readonly [Name: string]: GivenTable | string | undefined }

/** JSON is what the values travel in: a column of JSON takes any object of it, one of a time takes a Date. */
type Given<Column, Value> =
  Record<string, never> extends Exclude<Value, null | undefined>
    ? Value | Readonly<Record<string, unknown>>
    : Column extends `${string}_at` | `${string}At`
      ? string extends NonNullable<Value>
        ? Value | Date
        : Value
      : Value

type RowOf<Insert, Column> = string extends keyof Insert
  ? { [K in Column & string]?: unknown }
  : { [K in keyof Pick<Insert, Column & keyof Insert>]: Given<K, Insert[K]> }

/** What a map may return for each of the tables. */
export type SupabaseRows<Database, Tables> = {
  [Name in keyof Tables & FilledTableName as EntityOf<Name>]: RowOf<
    InsertOf<TablesOf<Database>, Tables[Name]>,
    ColumnsOf<Tables[Name]>
  > &
    (Name extends PartTableName ? unknown : IsBeside<Tables, Tables[Name]> extends true ? RemovedRow : unknown)
}

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<Database, Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: NameOf<Tables[Name]> extends infer Table extends
    keyof TablesOf<Database>
    ? TablesOf<Database>[Table]['Row']
    : never
}
