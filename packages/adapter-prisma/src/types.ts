import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  ColumnName,
  ColumnNames,
  EntityOf,
  GivenTables,
  NamedColumn,
  OwnTable,
  RemovedRow,
  ReservedColumn,
  TableName,
  UnknownTables,
} from '@clerk-sync/core/adapter'

/** What the generated clients, of both generators, carry for the compiler beside a model's methods. */
type TypesOf<Delegate> = Delegate extends { [K: symbol]: { types: infer Types } } ? Types : never

/** A model's fields as they are read. */
type Scalars<Delegate> = TypesOf<Delegate> extends { payload: { scalars: infer S extends object } } ? S : never

/** A model's fields as they are written, with `?` where something else fills them; without relations. */
type Writable<Delegate> =
  TypesOf<Delegate> extends { operations: { createMany: { args: { data: infer Data } } } }
    ? Exclude<Data, readonly unknown[]>
    : never

type Ledger = { id: string; type: string; entityId: string | null; occurredAt: Date; processedAt: Date }
type Letters = {
  id: string
  type: string
  entityId: string | null
  code: string
  payload: string
  parkedAt: Date
}
type Versions = { tableName: string; id: string; version: string; deletedAt: Date | null }
type Keyed = { id: string } | { clerkId: string | null }
type Synced = { clerkVersion: string; deletedAt: Date | null } & Keyed

type Names<Client, Fields> = {
  [Name in keyof Client & string]: [Scalars<Client[Name]>] extends [never]
    ? never
    : Scalars<Client[Name]> extends Fields
      ? Name
      : never
}[keyof Client & string]

/** The models whose version has a default, so that every row is below every event. */
type SyncedNames<Client> = {
  [Name in Names<Client, Synced>]: Writable<Client[Name]> extends { clerkVersion: unknown } ? never : Name
}[Names<Client, Synced>]

/** The models that can have their versions beside them. */
type BareNames<Client> = {
  [Name in Names<Client, Keyed>]: 'clerkVersion' extends keyof Scalars<Client[Name]> ? never : Name
}[Names<Client, Keyed>]

/** A model, with the fields of it that are the library's where they have other names. */
export interface NamedModel<Name = string> extends ColumnNames {
  readonly model: Name
}

type Given<Client, Name> = GivenTables<
  Name | NamedModel<ModelName<Client>>,
  Names<Client, Ledger>,
  Names<Client, Letters>,
  Names<Client, Versions>
>

/**
 * The models to keep in sync, by their names on the client; the events of those that are left out are ignored. `events`
 * is the ledger, for hooks; `deadLetters` keeps what is refused until the end; `versions` has the versions of the models
 * without sync fields.
 */
export type PrismaModels<Client> =
  | Given<Client, SyncedNames<Client>>
  | (Given<Client, SyncedNames<Client> | BareNames<Client>> & { readonly versions: Names<Client, Versions> })

/** The client's models. */
type ModelName<Client> = {
  [Name in keyof Client & string]: [Scalars<Client[Name]>] extends [never] ? never : Name
}[keyof Client & string]

/** Models of the client under any name; {@link CheckedModels} says what is wrong with one. */
export type AnyModels<Client> = GivenTables<AnyModel<Client>, ModelName<Client>> &
  Readonly<Record<string, AnyModel<Client> | undefined>>

type AnyModel<Client> = ModelName<Client> | NamedModel<ModelName<Client>>

/** The model of an option, which names its fields or does not. */
type ModelIn<Option> = Option extends NamedModel<infer Name> ? Name : Option

/** What the compiler says of each model: its own words are that a name is not assignable to `undefined`. */
export type CheckedModels<Client, Models> = {
  readonly [Option in keyof Models]: Option extends TableName | OwnTable
    ? ModelIn<Models[Option]> extends keyof Client & string
      ? CheckedModel<Client, Option, ModelIn<Models[Option]>, HasVersions<Models>, Models[Option]>
      : unknown
    : UnknownTables<Models>[Option & keyof UnknownTables<Models>]
}

type HasVersions<Models> = Models extends { readonly versions: string } ? true : false

type CheckedModel<Client, Option, Name extends keyof Client & string, WithVersions, Given> = Option extends 'events'
  ? Name extends Names<Client, Ledger>
    ? unknown
    : ClerkSyncTypeError<`${Name} lacks fields of the ledger: take the model ClerkEvent from the README`>
  : Option extends 'deadLetters'
    ? Name extends Names<Client, Letters>
      ? unknown
      : ClerkSyncTypeError<`${Name} lacks fields of dead letters: take the model ClerkDeadLetter from docs/dead-letters.md`>
    : Option extends 'versions'
      ? Name extends Names<Client, Versions>
        ? unknown
        : ClerkSyncTypeError<`${Name} lacks fields of versions: take the model ClerkVersion from the README`>
      : [WhyNotSynced<Name, Scalars<Client[Name]>, Writable<Client[Name]>, WithVersions, Given>] extends [never]
        ? unknown
        : ClerkSyncTypeError<WhyNotSynced<Name, Scalars<Client[Name]>, Writable<Client[Name]>, WithVersions, Given>>

type Version<Given> = ColumnName<Given, 'version', 'clerkVersion'>
type DeletedAt<Given> = ColumnName<Given, 'deletedAt', 'deletedAt'>

/** Where the Clerk id is: in the field that `Given` names, or in one of the usual names. */
type KeyField<Given> = [ColumnName<Given, 'key', never>] extends [never]
  ? Keyed
  : { [Key in ColumnName<Given, 'key', never>]: string | null }

type WhyNotSynced<Name extends string, Fields, Writes, WithVersions, Given> =
  Fields extends KeyField<Given>
    ? [WithVersions, HasVersion<Fields, Given>] extends [true, false]
      ? never
      : [Exclude<Version<Given> | DeletedAt<Given>, keyof Fields>] extends [never]
        ? Fields extends { [V in Version<Given>]: string }
          ? Fields extends { [D in DeletedAt<Given>]: Date | null }
            ? Writes extends { [V in Version<Given>]: unknown }
              ? `${Name}.${Version<Given>} has no default: write ${Version<Given>} String @default("0")`
              : never
            : `${Name}.${DeletedAt<Given>} must be DateTime?`
          : `${Name}.${Version<Given>} must be String @default("0")`
        : `${Name} lacks ${MissingFields<Fields, Version<Given>, DeletedAt<Given>>}${HasVersion<Fields, Given> extends true ? '' : OrVersions}`
    : NoKey<Name, Given>

type HasVersion<Fields, Given = unknown> = Version<Given> extends keyof Fields ? true : false

type NoKey<Name extends string, Given> = [ColumnName<Given, 'key', never>] extends [never]
  ? `${Name} has no field for the Clerk id: add id String @id, or clerkId String @unique, or name yours, { model, key }`
  : `${Name}.${ColumnName<Given, 'key', never>} must be a String: key names the field that holds the Clerk id`

type OrVersions = ', or pass versions, the model ClerkVersion from the README'

type MissingFields<Fields, Version extends string, DeletedAt extends string> = Version extends keyof Fields
  ? `the field ${DeletedAt}: add ${DeletedAt} DateTime?`
  : DeletedAt extends keyof Fields
    ? `the field ${Version}: add ${Version} String @default("0")`
    : `the fields ${Version} and ${DeletedAt}: add ${Version} String @default("0") and ${DeletedAt} DateTime?`

/** Whatever JSON can hold; `Prisma.DbNull` and `Prisma.JsonNull` are objects. */
type Json = string | number | boolean | object

type Value<Given, Scalar> = [string | number | boolean] extends [Scalar]
  ? Json | (undefined extends Given ? null : never)
  : Scalar extends readonly unknown[]
    ? Scalar
    : Given

type RowOf<Delegate, Given> = {
  [Field in keyof Writable<Delegate> as Exclude<Field, ReservedColumn | NamedColumn<Given>>]: Value<
    Writable<Delegate>[Field],
    Scalars<Delegate>[Field & keyof Scalars<Delegate>]
  >
}

/** What a map may return for each of the models. */
export type RowsOf<Client, Models> = {
  [Name in keyof Models & TableName as EntityOf<Name>]: RowOf<
    Client[ModelIn<Models[Name]> & keyof Client],
    Models[Name]
  > &
    (IsBeside<Models, Scalars<Client[ModelIn<Models[Name]> & keyof Client]>, Models[Name]> extends true
      ? RemovedRow
      : unknown)
}

/** Whether a model has its versions beside it. */
type IsBeside<Models, Fields, Given> =
  HasVersions<Models> extends true ? (HasVersion<Fields, Given> extends true ? false : true) : false

/** The rows as the client reads them. */
export type StoredRowsOf<Client, Models> = {
  [Name in keyof Models & TableName as EntityOf<Name>]: Plain<Scalars<Client[ModelIn<Models[Name]> & keyof Client]>>
}

type Plain<Row> = { [Field in keyof Row]: Row[Field] }

/** The client's own `Prisma.TransactionClient`. */
export type TransactionOf<Client> = Client extends {
  $transaction(run: (tx: infer Tx) => Promise<unknown>, ...options: never[]): unknown
}
  ? Tx
  : never
