import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { Column, Table } from 'drizzle-orm'

export type SyncColumns = {
  readonly clerkVersion: BelowEveryEvent
  readonly deletedAt: Column
} & KeyColumn

type KeyColumn = { readonly clerkId: Column } | { readonly id: Column }

type BelowEveryEvent = Column & { _: { notNull: true; hasDefault: true } }

/** The tables that a database takes. */
interface OwnTables {
  readonly base: Table
  readonly events: unknown
  readonly letters: unknown
  readonly versions: unknown
}

/** What the compiler says of a table that cannot be synced: its own words name two types of a thousand characters. */
export type Checked<Name, T, D extends OwnTables, HasVersions> = T extends Table
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

export type TwoCopies<Subject extends string> =
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
