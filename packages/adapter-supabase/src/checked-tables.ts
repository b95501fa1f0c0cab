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
            ? ClerkSyncTypeError<`supabaseAdapter takes no table of ${Option}: leave it out`>
            : UnknownTables<Tables>[Option & keyof UnknownTables<Tables>]
}

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
    : { readonly columns: ClerkSyncTypeError<NothingFills<Missing>> }

type NothingFills<Column> = `Nothing fills ${Column & string}: list it in columns, or give it a default`
