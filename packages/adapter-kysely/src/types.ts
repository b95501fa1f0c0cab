import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  EntityOf,
  GivenTables,
  ReservedColumn,
  SnakeCase,
  TableName,
  UnknownTables,
} from '@clerk-sync/core/adapter'
import type { Insertable, Selectable } from 'kysely'
import type { CamelCased, ClerkDeadLettersTable, ClerkEventsTable } from './schema-types.ts'

type Name<T> = keyof T & string

/** Columns that take text: what can hold an id or a version. */
type TextColumn<Row> = { [C in Name<Insertable<Row>>]: string extends Insertable<Row>[C] ? C : never }[Name<
  Insertable<Row>
>]

type Reserved = ReservedColumn | SnakeCase<ReservedColumn>
/** What can be listed: the application's `id` beside an own key cannot, nor a column that the database alone fills. */
type Fillable<Row> = Exclude<Name<Insertable<Row>>, Reserved>
/** Columns that are not nullable and have a default of the database. */
type Defaulted<Row> = {
  [C in Fillable<Row>]: undefined extends Insertable<Row>[C] ? (null extends Insertable<Row>[C] ? never : C) : never
}[Fillable<Row>]

type Has<Row, Names extends string> = [Extract<keyof Row, Names>] extends [never] ? false : true

/** An option that names a column, and is demanded where the usual one is not there. */
type ColumnOption<Option extends string, Row, Column, Usual extends string> =
  Has<Row, Usual> extends true ? { readonly [O in Option]?: Column } : { readonly [O in Option]: Column }
/** A `clerk_id` beside the table's own `id` is the key, and has to be named: which of the two holds the Clerk id does not show at run time. */
type KeyOption<Row> =
  Has<Row, 'clerk_id' | 'clerkId'> extends true
    ? { readonly key: TextColumn<Row> }
    : ColumnOption<'key', Row, TextColumn<Row>, 'id'>

/** A table to keep in sync. */
export type KyselyTable<Table extends string, Row> = {
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
  ColumnOption<'version', Row, TextColumn<Row>, 'clerk_version' | 'clerkVersion'> &
  ColumnOption<'deletedAt', Row, Name<Row>, 'deleted_at' | 'deletedAt'>

type AnyTable<DB> = { [Table in Name<DB>]: KyselyTable<Table, DB[Table]> }[Name<DB>]

/** The tables that have the columns of one of the library's own. */
type OwnName<DB, Columns> = {
  [Table in Name<DB>]: [Exclude<keyof Columns, keyof DB[Table]>] extends [never]
    ? Table
    : [Exclude<keyof CamelCased<Columns>, keyof DB[Table]>] extends [never]
      ? Table
      : never
}[Name<DB>]
type LedgerName<DB> = OwnName<DB, ClerkEventsTable>
type LettersName<DB> = OwnName<DB, ClerkDeadLettersTable>

/** The tables to keep in sync; the events of those that are left out are ignored. `events` is the ledger, for hooks. */
export type KyselyTables<DB> = GivenTables<AnyTable<DB>, LedgerName<DB>, LettersName<DB>>

/** What is looked at to infer a table; {@link CheckedTables} says what is wrong with it. */
interface Given<Table extends string = string> {
  readonly table: Table
  readonly columns: readonly string[]
  readonly defaults?: object
  readonly json?: readonly string[]
  readonly arrays?: readonly string[]
  readonly key?: string
  readonly version?: string
  readonly deletedAt?: string
}

/** Names that are none are let in, for {@link CheckedTables} to say what was meant. */
export type AnyTables<DB> = GivenTables<Given<Name<DB>>, Name<DB>> & {
  readonly [Name: string]: Given | string | undefined
}

type RowIn<DB, T extends Given> = T['table'] extends keyof DB ? Insertable<DB[T['table']]> : never
/** The columns that stand in `T` under an option. */
type Named<T, Option extends string> = T extends { readonly [O in Option]: infer Column extends string }
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
  [Name in keyof Tables & TableName as EntityOf<Name>]: Tables[Name] extends Given
    ? RowOf<RowIn<DB, Tables[Name]>, Tables[Name]>
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

/** The columns that an insert must give, and that nothing would. */
type Unfilled<Row, T extends Given> = {
  [C in Exclude<keyof Row, T['columns'][number] | Reserved | Named<T, 'key' | 'version' | 'deletedAt'>>]: Record<
    never,
    never
  > extends Pick<Row, C>
    ? never
    : C
}[Exclude<keyof Row, T['columns'][number] | Reserved | Named<T, 'key' | 'version' | 'deletedAt'>>]

/** The columns of the library's that a table lacks, and that no option names. */
type LacksSync<Row, T> =
  | (Has<Row, 'clerk_version' | 'clerkVersion'> extends true
      ? never
      : T extends { version: string }
        ? never
        : 'version')
  | (Has<Row, 'deleted_at' | 'deletedAt'> extends true ? never : T extends { deletedAt: string } ? never : 'deletedAt')

type MissingColumns<Options> = [Options] extends ['version']
  ? 'the column clerk_version'
  : [Options] extends ['deletedAt']
    ? 'the column deleted_at'
    : 'the columns clerk_version and deleted_at'

type LacksKey<Row, T> = T extends { key: string }
  ? never
  : Has<Row, 'clerk_id' | 'clerkId'> extends true
    ? "has a column clerk_id: say whether it is the key, as in key: 'clerk_id'"
    : Has<Row, 'id'> extends true
      ? 'id' extends TextColumn<Row>
        ? never
        : 'has an id that takes no text, and holds the Clerk id: make it text, or name the column that does in key'
      : 'has no column id: name the one that holds the Clerk id in key'

type CheckedTable<Table extends string, Row, T extends Given> = [LacksSync<Row, T>] extends [never]
  ? [LacksKey<Row, T>] extends [never]
    ? KyselyTable<Table, Row> & CompleteColumns<Unfilled<Insertable<Row>, T>> & CheckedDefaults<Row, T>
    : ClerkSyncTypeError<`${Table} ${LacksKey<Row, T>}`>
  : ClerkSyncTypeError<`${Table} lacks ${MissingColumns<LacksSync<Row, T>>}: syncColumnsMigration('${Table}') adds them, or name yours in version and deletedAt`>

type CompleteColumns<Missing> = [Missing] extends [never]
  ? unknown
  : {
      readonly columns: ClerkSyncTypeError<`Nothing fills ${Missing & string}: list it in columns, or give it a default`>
    }

type CheckedDefaults<Row, T> = T extends { readonly defaults: infer Defaults }
  ? {
      readonly defaults: {
        readonly [C in Exclude<
          keyof Defaults & string,
          Defaulted<Row>
        >]: ClerkSyncTypeError<`defaults takes columns that are NOT NULL and have a default in the database, and ${C} is none`>
      }
    }
  : unknown

/** What the compiler says of each table: what the constraint of the parameter cannot. */
export type CheckedTables<DB, Tables> = {
  readonly [Option in keyof Tables]: Option extends TableName
    ? Tables[Option] extends Given<infer Table extends Name<DB>>
      ? CheckedTable<Table, DB[Table], Tables[Option]>
      : unknown
    : Option extends 'events'
      ? Tables[Option] extends LedgerName<DB> | undefined
        ? unknown
        : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of the ledger: pass the table that clerkEventsMigration() creates`>
      : Option extends 'deadLetters'
        ? Tables[Option] extends LettersName<DB> | undefined
          ? unknown
          : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of dead letters: pass the table that clerkDeadLettersMigration() creates`>
        : UnknownTables<Tables>[Option & keyof UnknownTables<Tables>]
}
