import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { ColumnName, OwnTable, PartTableName, TableName, UnknownTables } from '@clerk-sync/core/adapter'
import type {
  DeletedAt,
  HasVersion,
  HasVersions,
  Keyed,
  Ledger,
  Letters,
  ModelIn,
  Names,
  OwnerField,
  Scalars,
  Version,
  Versions,
  Writable,
} from './types.ts'

/** What the compiler says of each model: its own words are that a name is not assignable to `undefined`. */
export type CheckedModels<Client, Models> = {
  readonly [Option in keyof Models]: Option extends TableName | OwnTable
    ? ModelIn<Models[Option]> extends keyof Client & string
      ? CheckedModel<Client, Option, ModelIn<Models[Option]>, HasVersions<Models>, Models[Option]>
      : unknown
    : Option extends PartTableName
      ? ModelIn<Models[Option]> extends keyof Client & string
        ? CheckedPart<ModelIn<Models[Option]>, Scalars<Client[ModelIn<Models[Option]>]>, Models[Option]>
        : unknown
      : UnknownTables<Models>[Option & keyof UnknownTables<Models>]
}

/** A model of parts. */
type CheckedPart<Name extends string, Fields, Given> = Fields extends KeyField<Given> & {
  [Owner in OwnerField<Given>]: string
}
  ? unknown
  : ClerkSyncTypeError<`${Name} needs the fields userId String and id String, or name yours: { model, key, owner }`>

type CheckedModel<Client, Option, Name extends keyof Client & string, WithVersions, Given> = Option extends 'events'
  ? Name extends Names<Client, Ledger>
    ? unknown
    : ClerkSyncTypeError<`${Name} lacks fields of the ledger: take the model ClerkEvent from the README`>
  : Option extends 'deadLetters'
    ? Name extends Names<Client, Letters>
      ? unknown
      : ClerkSyncTypeError<`${Name} lacks fields of dead letters: take the model ClerkDeadLetter from the page about dead letters`>
    : Option extends 'versions'
      ? Name extends Names<Client, Versions>
        ? unknown
        : ClerkSyncTypeError<`${Name} lacks fields of versions: take the model ClerkVersion from the README`>
      : [WhyNotSynced<Name, Scalars<Client[Name]>, Writable<Client[Name]>, WithVersions, Given>] extends [never]
        ? unknown
        : ClerkSyncTypeError<WhyNotSynced<Name, Scalars<Client[Name]>, Writable<Client[Name]>, WithVersions, Given>>

/** Where the Clerk id is: in the field that `Given` names, or in one of the usual names. */
type KeyField<Given> = [ColumnName<Given, 'key', never>] extends [never]
  ? Keyed
  : { [Key in ColumnName<Given, 'key', never>]: string | null }

type WhyNotSynced<Name extends string, Fields, Writes, WithVersions, Given> = [
  WithVersions,
  HasVersion<Fields, Given>,
] extends [true, false]
  ? WhyNoKey<Name, Fields, Given>
  : [Exclude<Version<Given> | DeletedAt<Given>, keyof Fields>] extends [never]
    ? Fields extends { [V in Version<Given>]: string }
      ? Fields extends { [D in DeletedAt<Given>]: Date | null }
        ? Writes extends { [V in Version<Given>]: unknown }
          ? `${Name}.${Version<Given>} has no default: write ${Version<Given>} String @default("0")`
          : WhyNoKey<Name, Fields, Given>
        : `${Name}.${DeletedAt<Given>} must be DateTime?`
      : `${Name}.${Version<Given>} must be String @default("0")`
    : `${Name} lacks ${MissingFields<Fields, Version<Given>, DeletedAt<Given>>}${HasVersion<Fields, Given> extends true ? '' : OrVersions}${AndNoKey<WhyNoKey<Name, Fields, Given>>}`

type WhyNoKey<Name extends string, Fields, Given> =
  Fields extends KeyField<Given>
    ? never
    : [ColumnName<Given, 'key', never>] extends [never]
      ? `${Name} has no field for the Clerk id: add id String @id, or clerkId String @unique, or name yours, { model, key }`
      : `${Name}.${ColumnName<Given, 'key', never>} must be a String: key names the field that holds the Clerk id`

/** All that is missing is said at once. */
type AndNoKey<Why extends string> = [Why] extends [never] ? '' : `. ${Why}`

type OrVersions = ', or pass versions, the model ClerkVersion from the README'

type MissingFields<Fields, Version extends string, DeletedAt extends string> = Version extends keyof Fields
  ? `the field ${DeletedAt}: add ${DeletedAt} DateTime?`
  : DeletedAt extends keyof Fields
    ? `the field ${Version}: add ${Version} String @default("0")`
    : `the fields ${Version} and ${DeletedAt}: add ${Version} String @default("0") and ${DeletedAt} DateTime?`
