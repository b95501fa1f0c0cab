import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { ColumnName, ColumnNames } from '@clerk-sync/core/adapter'
import type { Column, Table } from 'drizzle-orm'

export type SyncColumns = {
  readonly clerkVersion: BelowEveryEvent
  readonly deletedAt: Column
} & KeyColumn<unknown>

/** Where the Clerk id is: in the column that `Given` names, or in one of the usual names. */
type KeyColumn<Given> = [ColumnName<Given, 'key', never>] extends [never]
  ? { readonly clerkId: Column } | { readonly id: Column }
  : { readonly [Key in ColumnName<Given, 'key', never>]: Column }

type VersionName<Given> = ColumnName<Given, 'version', 'clerkVersion'>
type DeletedAtName<Given> = ColumnName<Given, 'deletedAt', 'deletedAt'>

type BelowEveryEvent = Column & { _: { notNull: true; hasDefault: true } }

/** The tables that a database takes. */
interface OwnTables {
  readonly base: Table
  readonly events: unknown
  readonly letters: unknown
  readonly versions: unknown
}

/** What the compiler says of a table that cannot be synced: its own words name two types of a thousand characters. */
export type Checked<Name, Given, D extends OwnTables, HasVersions> = Given extends Table
  ? CheckedTable<Name, Given, D, HasVersions, unknown>
  : Given extends undefined
    ? Given
    : Given extends { readonly table: infer T }
      ? CheckedTable<Name, T, D, HasVersions, Given> extends infer Said
        ? [Said] extends [T]
          ? CheckedNames<Name & string, T, Given>
          : { readonly table: Said }
        : never
      : ClerkSyncTypeError<
          Given extends { readonly _: { readonly brand: 'Table' } }
            ? TwoCopies<`${Name & string} was made by`>
            : `${Name & string} is no table of Drizzle's`
        >

/** The column that holds the id of a part's user. */
export type OwnerName<Given> = Given extends { readonly owner: infer Name extends string } ? Name : 'userId'

/** The same for a table of what a user has many of. */
export type CheckedPart<Name extends string, Given, Base> = Given extends undefined
  ? Given
  : (Given extends Table ? Given : Given extends { readonly table: infer T } ? T : Given) extends infer T
    ? T extends Base
      ? [OwnerName<Given> extends keyof T ? true : false, T extends KeyColumn<Given> ? true : false] extends [
          true,
          true,
        ]
        ? Given
        : ClerkSyncTypeError<`${Name} needs the columns userId and id, as clerkId().notNull(), or name yours: { table, key, owner }`>
      : ClerkSyncTypeError<`${Name} is no table of Drizzle's, or of another dialect than the database's`>
    : never

/** The options beside the table, of which each names one of its columns. */
type CheckedNames<Name extends string, T, Given> = Given & {
  readonly [Option in Exclude<keyof Given, 'table'>]: Option extends keyof ColumnNames
    ? Given[Option] extends (keyof T & string) | undefined
      ? unknown
      : ClerkSyncTypeError<`${Name} has no column "${Given[Option] & string}": ${Option} names a property of the schema`>
    : ClerkSyncTypeError<`There is no option "${Option & string}": beside table there are key, version and deletedAt`>
}

type CheckedTable<Name, T, D extends OwnTables, HasVersions, Given> = T extends D['base']
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
        : CheckedColumns<Name & string, T, HasVersions, Given>
  : ClerkSyncTypeError<
      T extends Table
        ? `${Name & string} is a table of another dialect than the database's`
        : `${Name & string} is no table of Drizzle's`
    >

export type TwoCopies<Subject extends string> =
  `Two copies of drizzle-orm are installed, and ${Subject} the one that clerk-sync does not use: install one version`

type CheckedColumns<Name extends string, T, HasVersions, Given> = T extends KeyColumn<Given> & {
  readonly [V in VersionName<Given>]: BelowEveryEvent
} & { readonly [D in DeletedAtName<Given>]: Column }
  ? T
  : [HasVersions, VersionName<Given> extends keyof T ? true : false] extends [true, false]
    ? T extends KeyColumn<Given>
      ? T
      : ClerkSyncTypeError<NoKey<Name, Given>>
    : ClerkSyncTypeError<
        [Exclude<VersionName<Given> | DeletedAtName<Given>, keyof T>] extends [never]
          ? T extends { readonly [V in VersionName<Given>]: BelowEveryEvent }
            ? NoKey<Name, Given>
            : `${Name}.${VersionName<Given>} must be .notNull().default('0'): spread ...syncColumns() into the table`
          : `${Name} lacks ${Missing<keyof T, VersionName<Given>, DeletedAtName<Given>>}: spread ...syncColumns() into it${VersionName<Given> extends keyof T ? '' : ', or pass versions: clerkVersionsTable()'}`
      >

type NoKey<Name extends string, Given> = [ColumnName<Given, 'key', never>] extends [never]
  ? `${Name} has no column for the Clerk id: add id: clerkId().primaryKey(), or name yours, { table, key }`
  : `${Name} has no column "${ColumnName<Given, 'key', never>}": key names a property of the schema`

type Missing<Columns, Version extends string, DeletedAt extends string> = Version extends Columns
  ? `the column ${DeletedAt}`
  : DeletedAt extends Columns
    ? `the column ${Version}`
    : `the columns ${Version} and ${DeletedAt}`
