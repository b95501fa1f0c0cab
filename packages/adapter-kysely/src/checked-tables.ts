import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { PartTableName, TableName, UnknownTables } from '@clerk-sync/core/adapter'
import type { Insertable } from 'kysely'
import type {
  Defaulted,
  Given,
  Has,
  IsBeside,
  KyselyPartTable,
  KyselyTable,
  LedgerName,
  LettersName,
  Name,
  Named,
  Reserved,
  TextColumn,
  VersionsName,
} from './types.ts'

/** The columns that options name. */
type NamedColumns<T> = Named<T, 'key'> | Named<T, 'owner'> | Named<T, 'version'> | Named<T, 'deletedAt'>

/** The columns that an insert must give, and that nothing would. */
type Unfilled<Row, T extends Given> = {
  [C in Exclude<keyof Row, T['columns'][number] | Reserved | NamedColumns<T>>]: Record<never, never> extends Pick<
    Row,
    C
  >
    ? never
    : C
}[Exclude<keyof Row, T['columns'][number] | Reserved | NamedColumns<T>>]

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
  ? Keyed<Table, Row, T, false>
  : ClerkSyncTypeError<`${Table} lacks ${MissingColumns<LacksSync<Row, T>>}: syncColumnsMigration('${Table}') adds them, or name yours in version and deletedAt${OrVersions<LacksSync<Row, T>>}`>

/** A table without sync columns, whose versions are beside it. */
type CheckedBeside<Table extends string, Row, T extends Given> =
  Has<Row, 'clerk_version' | 'clerkVersion'> extends true
    ? ClerkSyncTypeError<`${Table} has the column clerk_version: say versions: 'row', or drop it to have the versions in the table of versions`>
    : Keyed<Table, Row, T, true>

type Keyed<Table extends string, Row, T extends Given, Beside extends boolean> = [LacksKey<Row, T>] extends [never]
  ? KyselyTable<Table, Row, Beside> & CompleteColumns<Unfilled<Insertable<Row>, T>> & CheckedDefaults<Row, T>
  : ClerkSyncTypeError<`${Table} ${LacksKey<Row, T>}`>

/** A table of parts. */
type CheckedPart<Table extends string, Row, T extends Given> = [LacksPartKey<Row, T>] extends [never]
  ? KyselyPartTable<Table, Row> &
      CompleteColumns<Exclude<Unfilled<Insertable<Row>, T>, UsualOwner<T>>> &
      CheckedDefaults<Row, T>
  : ClerkSyncTypeError<`${Table} ${LacksPartKey<Row, T>}`>

type UsualOwner<T> = T extends { owner: string } ? never : 'user_id' | 'userId'

type LacksPartKey<Row, T> =
  | (T extends { key: string }
      ? never
      : Has<Row, 'id'> extends true
        ? never
        : "has no column id: name the one that holds the part's Clerk id in key")
  | (T extends { owner: string }
      ? never
      : Has<Row, 'user_id' | 'userId'> extends true
        ? never
        : "has no column user_id: name the one that holds the user's Clerk id in owner")

type OrVersions<Options> = 'version' extends Options ? '; or give the adapter versions' : ''

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
      ? IsBeside<Tables, Tables[Option]> extends true
        ? CheckedBeside<Table, DB[Table], Tables[Option]>
        : CheckedTable<Table, DB[Table], Tables[Option]>
      : unknown
    : Option extends PartTableName
      ? Tables[Option] extends Given<infer Table extends Name<DB>>
        ? CheckedPart<Table, DB[Table], Tables[Option]>
        : unknown
      : Option extends 'events'
        ? Tables[Option] extends LedgerName<DB> | undefined
          ? unknown
          : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of the ledger: pass the table that clerkEventsMigration() creates`>
        : Option extends 'deadLetters'
          ? Tables[Option] extends LettersName<DB> | undefined
            ? unknown
            : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of dead letters: pass the table that clerkDeadLettersMigration() creates`>
          : Option extends 'versions'
            ? Tables[Option] extends VersionsName<DB> | undefined
              ? unknown
              : ClerkSyncTypeError<`${Tables[Option] & string} lacks columns of versions: pass the table that clerkVersionsMigration() creates`>
            : UnknownTables<Tables>[Option & keyof UnknownTables<Tables>]
}
