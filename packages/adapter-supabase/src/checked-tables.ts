import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { PartTableName, TableName, UnknownTables } from '@clerk-sync/core/adapter'
import type {
  ColumnsOf,
  InsertOf,
  IsBeside,
  KeyOf,
  KeyOption,
  LedgerName,
  LettersName,
  Listed,
  ListedPart,
  NameOf,
  RequiredKeys,
  SyncColumn,
  TablesOf,
  VersionsName,
} from './types.ts'

/** What the compiler says of each table: what the constraint of the parameter cannot. */
export type CheckedTables<Database, Tables> = {
  readonly [Option in keyof Tables]: Option extends TableName
    ? CheckedTable<
        NameOf<Tables[Option]> & string,
        InsertOf<TablesOf<Database>, Tables[Option]>,
        Tables[Option],
        IsBeside<Tables, Tables[Option]>
      >
    : Option extends 'events'
      ? Tables[Option] extends LedgerName<TablesOf<Database>> | undefined
        ? unknown
        : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of the ledger: create clerk_events as sql/tables.sql does`>
      : Option extends 'deadLetters'
        ? Tables[Option] extends LettersName<TablesOf<Database>> | undefined
          ? unknown
          : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of dead letters: create clerk_dead_letters as sql/tables.sql does`>
        : Option extends 'versions'
          ? Tables[Option] extends VersionsName<TablesOf<Database>> | undefined
            ? unknown
            : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of the versions: create clerk_versions as sql/versions.sql does`>
          : Option extends PartTableName
            ? CheckedPart<NameOf<Tables[Option]> & string, InsertOf<TablesOf<Database>, Tables[Option]>, Tables[Option]>
            : UnknownTables<Tables>[Option & keyof UnknownTables<Tables>]
}

/** A table of parts. */
type CheckedPart<Table extends string, Insert, Option> = string extends keyof Insert
  ? unknown
  : [LacksPartKey<Insert, Option>] extends [never]
    ? ListedPart<Table, Insert> &
        CompleteColumns<Exclude<RequiredKeys<Insert>, ColumnsOf<Option> | KeyOf<Option> | OwnerOf<Option>>>
    : ClerkSyncTypeError<`${Table} ${LacksPartKey<Insert, Option>}`>

type OwnerOf<Option> = Option extends { readonly owner: infer Owner } ? Owner : 'user_id'

type LacksPartKey<Insert, Option> =
  | (KeyOf<Option> extends keyof Insert
      ? never
      : "has no column id: name the one that holds the part's Clerk id in key")
  | (OwnerOf<Option> extends keyof Insert
      ? never
      : "has no column user_id: name the one that holds the user's Clerk id in owner")

type CheckedTable<Table extends string, Insert, Option, Beside> = string extends keyof Insert
  ? unknown
  : [Beside, 'clerk_version' extends keyof Insert ? true : false] extends [true, true]
    ? ClerkSyncTypeError<`${Table} has the sync columns, and versions are given: say versions: 'row' for it, or move its versions and drop the columns`>
    : [Beside extends true ? never : Exclude<SyncColumn, keyof Insert>] extends [never]
      ? [LacksKey<Insert, Option>] extends [never]
        ? CheckedColumns<Table, Insert, Option, Exclude<RequiredKeys<Insert>, ColumnsOf<Option> | KeyOf<Option>>>
        : ClerkSyncTypeError<`${Table} ${LacksKey<Insert, Option>}`>
      : ClerkSyncTypeError<`${Table} lacks ${MissingColumns<Exclude<SyncColumn, keyof Insert>>}: add them as in sql/tables.sql, then generate the types again${OrVersions<Insert>}`>

type OrVersions<Insert> = 'clerk_version' extends keyof Insert ? '' : ", or pass versions: 'clerk_versions'"

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
    : CompleteColumns<Missing>

type CompleteColumns<Missing> = [Missing] extends [never]
  ? unknown
  : { readonly columns: ClerkSyncTypeError<NothingFills<Missing>> }

type NothingFills<Column> = `Nothing fills ${Column & string}: list it in columns, or give it a default`
