import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  EntityOf,
  GivenTables,
  ReservedColumn,
  SnakeCase,
  TableName,
  UnknownTables,
} from '@clerk-sync/core/adapter'

type AnyTables = Readonly<Record<string, { Row: Record<string, unknown>; Insert: Record<string, unknown> }>>
type IsUntyped<T> = 0 extends 1 & T ? true : false

/** The tables of the schema `public`, as `supabase gen types` describes them; of a client without types, any. */
type TablesOf<Database> =
  IsUntyped<Database> extends true
    ? AnyTables
    : Database extends { public: { Tables: infer Tables extends AnyTables } }
      ? Tables
      : never

/** The columns that an insert must give. */
type RequiredKeys<Row> = {
  [K in keyof Row]-?: string extends K ? never : Record<never, never> extends Pick<Row, K> ? never : K
}[keyof Row]

type SyncColumn = 'clerk_version' | 'deleted_at'
type ColumnOf<Insert> = Exclude<keyof Insert & string, SnakeCase<ReservedColumn>>
type TextColumnOf<Insert> = {
  [K in keyof Insert & string]: string extends NonNullable<Insert[K]> ? K : never
}[keyof Insert & string]

interface Listed<Table, Insert> {
  readonly table: Table
  /** The columns that clerk-sync fills: from the record's fields of the same names in camelCase, or by your map. */
  readonly columns: readonly ColumnOf<Insert>[]
}

type KeyOption<Insert> = string extends keyof Insert
  ? { readonly key?: string }
  : 'clerk_id' extends keyof Insert
    ? { readonly key: TextColumnOf<Insert> }
    : { readonly key?: TextColumnOf<Insert> }

/** A table that is given by its name alone holds ids and tombstones: no column of it is filled. */
type ShortOption<Table, Insert> = string extends keyof Insert ? Table : 'clerk_id' extends keyof Insert ? never : Table

type TableOption<Tables extends AnyTables> = {
  [T in keyof Tables & string]: [SyncColumn] extends [keyof Tables[T]['Insert']]
    ? ShortOption<T, Tables[T]['Insert']> | (Listed<T, Tables[T]['Insert']> & KeyOption<Tables[T]['Insert']>)
    : never
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

/** The tables that take a row of the library's own. */
type OwnTableName<Tables extends AnyTables, Row> = {
  [T in keyof Tables & string]: keyof Row extends keyof Tables[T]['Insert']
    ? Row extends Tables[T]['Insert']
      ? T
      : never
    : never
}[keyof Tables & string]
type LedgerName<Tables extends AnyTables> = OwnTableName<Tables, LedgerRow>
type LettersName<Tables extends AnyTables> = OwnTableName<Tables, LetterRow>

/**
 * The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for
 * hooks; `deadLetters` keeps whole what a table or a hook refuses until the end.
 *
 * Supabase knows no columns at run time, so each table comes with the list of those to fill. `key` is the column that
 * holds the Clerk id, by default `id`.
 *
 * @typeParam Database - as `supabase gen types` describes it; only its schema `public` is looked at
 */
export type SupabaseTables<Database> = GivenTables<
  TableOption<TablesOf<Database>>,
  LedgerName<TablesOf<Database>>,
  LettersName<TablesOf<Database>>
>

type NameOf<Option> = Option extends { readonly table: infer Table } ? Table : Option
type ColumnsOf<Option> = Option extends { readonly columns: readonly (infer Column)[] } ? Column : never
type KeyOf<Option> = Option extends { readonly key: infer Key } ? Key : 'id'
type InsertOf<Tables extends AnyTables, Option> =
  NameOf<Option> extends infer Table extends keyof Tables ? Tables[Table]['Insert'] : never

interface GivenTable<Table extends string = string> {
  readonly table: Table
  readonly columns: readonly string[]
  readonly key?: string
}

type TableNameIn<Database> = keyof TablesOf<Database> & string

/** Tables of the database under any name, to infer from; {@link CheckedTables} says what is wrong with one. */
export type AnyTablesOf<Database> = GivenTables<
  TableNameIn<Database> | GivenTable<TableNameIn<Database>>,
  TableNameIn<Database>
> & { readonly [Name: string]: GivenTable | string | undefined }

/** What the compiler says of each table: what the constraint of the parameter cannot. */
export type CheckedTables<Database, Tables> = {
  readonly [Option in keyof Tables]: Option extends TableName
    ? CheckedTable<NameOf<Tables[Option]> & string, InsertOf<TablesOf<Database>, Tables[Option]>, Tables[Option]>
    : Option extends 'events'
      ? Tables[Option] extends LedgerName<TablesOf<Database>> | undefined
        ? unknown
        : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of the ledger: create clerk_events as sql/tables.sql does`>
      : Option extends 'deadLetters'
        ? Tables[Option] extends LettersName<TablesOf<Database>> | undefined
          ? unknown
          : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of dead letters: create clerk_dead_letters as sql/tables.sql does`>
        : UnknownTables<Tables>[Option & keyof UnknownTables<Tables>]
}

type CheckedTable<Table extends string, Insert, Option> = string extends keyof Insert
  ? unknown
  : [Exclude<SyncColumn, keyof Insert>] extends [never]
    ? [LacksKey<Insert, Option>] extends [never]
      ? CheckedColumns<Table, Insert, Option, Exclude<RequiredKeys<Insert>, ColumnsOf<Option> | KeyOf<Option>>>
      : ClerkSyncTypeError<`${Table} ${LacksKey<Insert, Option>}`>
    : ClerkSyncTypeError<`${Table} lacks ${MissingColumns<Exclude<SyncColumn, keyof Insert>>}: add them as in sql/tables.sql, then generate the types again`>

type MissingColumns<Columns> = [Columns] extends ['clerk_version']
  ? 'the column clerk_version'
  : [Columns] extends ['deleted_at']
    ? 'the column deleted_at'
    : 'the columns clerk_version and deleted_at'

type LacksKey<Insert, Option> = Option extends { readonly key: string }
  ? never
  : 'clerk_id' extends keyof Insert
    ? "has a column clerk_id: say whether it is the key, as in key: 'clerk_id'"
    : 'id' extends keyof Insert
      ? never
      : 'has no column id: name the one that holds the Clerk id in key'

type CheckedColumns<Table, Insert, Option, Missing> = [Missing] extends [never]
  ? Option extends string
    ? unknown
    : Listed<Table, Insert> & KeyOption<Insert>
  : Option extends string
    ? ClerkSyncTypeError<NothingFills<Missing>>
    : { readonly columns: ClerkSyncTypeError<NothingFills<Missing>> }

type NothingFills<Column> = `Nothing fills ${Column & string}: list it in columns, or give it a default`

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
  [Name in keyof Tables & TableName as EntityOf<Name>]: RowOf<
    InsertOf<TablesOf<Database>, Tables[Name]>,
    ColumnsOf<Tables[Name]>
  >
}

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<Database, Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: NameOf<Tables[Name]> extends infer Table extends
    keyof TablesOf<Database>
    ? TablesOf<Database>[Table]['Row']
    : never
}
