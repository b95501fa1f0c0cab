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
import type { Insertable, Selectable } from 'kysely'
import type { CamelCased, ClerkDeadLettersTable, ClerkEventsTable, ClerkVersionsTable } from './schema-types.ts'

export type Name<T> = keyof T & string

/** Columns that take text: what can hold an id or a version. */
export type TextColumn<Row> = { [C in Name<Insertable<Row>>]: string extends Insertable<Row>[C] ? C : never }[Name<
  Insertable<Row>
>]

export type Reserved = ReservedColumn | SnakeCase<ReservedColumn>
/** What can be listed: the application's `id` beside an own key cannot, nor a column that the database alone fills. */
type Fillable<Row> = Exclude<Name<Insertable<Row>>, Reserved>
/** Columns that are not nullable and have a default of the database. */
export type Defaulted<Row> = {
  [C in Fillable<Row>]: undefined extends Insertable<Row>[C] ? (null extends Insertable<Row>[C] ? never : C) : never
}[Fillable<Row>]

export type Has<Row, Names extends string> = [Extract<keyof Row, Names>] extends [never] ? false : true

/** An option that names a column, and is demanded where the usual one is not there. */
type ColumnOption<Option extends string, Row, Column, Usual extends string> =
  Has<Row, Usual> extends true ? { readonly [O in Option]?: Column } : { readonly [O in Option]: Column }
/** A `clerk_id` beside the table's own `id` is the key, and has to be named: which of the two holds the Clerk id does not show at run time. */
type KeyOption<Row> =
  Has<Row, 'clerk_id' | 'clerkId'> extends true
    ? { readonly key: TextColumn<Row> }
    : ColumnOption<'key', Row, TextColumn<Row>, 'id'>

/** The sync columns, where the table has them. */
type SyncOptions<Row> = ColumnOption<'version', Row, TextColumn<Row>, 'clerk_version' | 'clerkVersion'> &
  ColumnOption<'deletedAt', Row, Name<Row>, 'deleted_at' | 'deletedAt'> & {
    /** For a table with sync columns, in an adapter that was given a table `versions` for others. */
    readonly versions?: 'row'
  }

/**
 * A table to keep in sync.
 *
 * @typeParam Beside - whether it has no sync columns, and its versions are in the adapter's table `versions`
 */
export type KyselyTable<Table extends string, Row, Beside extends boolean = false> = {
  readonly table: Table
  /** The columns that may ever be filled. Kysely has none at run time, so they are listed. */
  readonly columns: readonly Fillable<Row>[]
  /**
   * Constant defaults of listed columns that are NOT NULL: what they hold in a deleted row. Others get theirs from
   * `map.deletedUser` or `map.deletedOrganization`.
   */
  readonly defaults?: { readonly [C in Defaulted<Row>]?: Exclude<Insertable<Row>[C], undefined> }
  /** PostgreSQL: listed columns of json or jsonb that are given arrays, which its drivers take for SQL arrays. */
  readonly json?: readonly Fillable<Row>[]
  /** PostgreSQL: listed columns that are its arrays, `text[]`. */
  readonly arrays?: readonly Fillable<Row>[]
} & KeyOption<Row> &
  (Beside extends true ? unknown : SyncOptions<Row>)

/**
 * A table of what a user has many of, such as e-mail addresses. Its primary key, or a unique index, is the user's Clerk id
 * and the part's own: `primary key (user_id, id)`.
 */
export type KyselyPartTable<Table extends string, Row> = Pick<
  KyselyTable<Table, Row, true>,
  'table' | 'defaults' | 'json' | 'arrays'
> & {
  /** The columns that may ever be filled; neither of the key. */
  readonly columns: readonly Exclude<Fillable<Row>, 'user_id' | 'userId'>[]
} & ColumnOption<'key', Row, TextColumn<Row>, 'id'> &
  ColumnOption<'owner', Row, TextColumn<Row>, 'user_id' | 'userId'>

type AnyPartTable<DB> = { [Table in Name<DB>]: KyselyPartTable<Table, DB[Table]> }[Name<DB>]

type AnyTable<DB> = {
  [Table in Name<DB>]: KyselyTable<Table, DB[Table]> | KyselyTable<Table, DB[Table], true>
}[Name<DB>]

/** The tables that have the columns of one of the library's own. */
type OwnName<DB, Columns> = {
  [Table in Name<DB>]: [Exclude<keyof Columns, keyof DB[Table]>] extends [never]
    ? Table
    : [Exclude<keyof CamelCased<Columns>, keyof DB[Table]>] extends [never]
      ? Table
      : never
}[Name<DB>]
export type LedgerName<DB> = OwnName<DB, ClerkEventsTable>
export type LettersName<DB> = OwnName<DB, ClerkDeadLettersTable>
export type VersionsName<DB> = OwnName<DB, ClerkVersionsTable>

/**
 * The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for hooks, and
 * `versions` has the versions of the tables without sync columns.
 */
export type KyselyTables<DB> = GivenTables<
  AnyTable<DB>,
  LedgerName<DB>,
  LettersName<DB>,
  VersionsName<DB>,
  AnyPartTable<DB>
>

/** What is looked at to infer a table; {@link CheckedTables} says what is wrong with it. */
export interface Given<Table extends string = string> {
  readonly table: Table
  readonly columns: readonly string[]
  readonly defaults?: object
  readonly json?: readonly string[]
  readonly arrays?: readonly string[]
  readonly key?: string
  readonly owner?: string
  readonly version?: string
  readonly deletedAt?: string
  readonly versions?: 'row'
}

/** Whether a table has its versions beside it. */
export type IsBeside<Tables, T> = Tables extends { readonly versions: string }
  ? T extends { readonly versions: 'row' }
    ? false
    : true
  : false

/** Names that are none are let in, for {@link CheckedTables} to say what was meant. */
export type AnyTables<DB> = GivenTables<Given<Name<DB>>, Name<DB>> & {
  readonly [Name: string]: Given | string | undefined
}

type RowIn<DB, T extends Given> = T['table'] extends keyof DB ? Insertable<DB[T['table']]> : never
/** The columns that stand in `T` under an option. */
export type Named<T, Option extends string> = T extends { readonly [O in Option]: infer Column extends string }
  ? Column
  : never
type Listed<Row, T extends Given> = Extract<T['columns'][number], keyof Row>
type DefaultsOf<T extends Given> = T extends { readonly defaults: infer D } ? keyof D : never
/** Whether a column must have a value in every row, also in a deleted one. */
type Demanded<Row, T extends Given> = {
  [C in Listed<Row, T>]: null extends Row[C] ? never : C extends DefaultsOf<T> ? never : C
}[Listed<Row, T>]

type RowOf<Row, T extends Given> = { [C in Demanded<Row, T>]: Exclude<Row[C], undefined> } & {
  [C in Exclude<Listed<Row, T>, Demanded<Row, T>>]?: Row[C]
} extends infer R
  ? { [C in keyof R]: R[C] }
  : never

/** What a map may return for each of the tables. */
export type KyselyRows<DB, Tables> = {
  [Name in keyof Tables & FilledTableName as EntityOf<Name>]: Tables[Name] extends Given
    ? RowOf<RowIn<DB, Tables[Name]>, Tables[Name]> &
        (Name extends PartTableName ? unknown : IsBeside<Tables, Tables[Name]> extends true ? RemovedRow : unknown)
    : never
}

/** The rows that the application's own queries give, per entity. */
export type StoredRowsOf<DB, Tables> = {
  [Name in keyof Tables & TableName as EntityOf<Name>]: Tables[Name] extends Given
    ? Tables[Name]['table'] extends keyof DB
      ? Selectable<DB[Tables[Name]['table']]>
      : never
    : never
}
