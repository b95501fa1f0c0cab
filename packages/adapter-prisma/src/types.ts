import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type {
  EntityOf,
  GivenTables,
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

type Given<Client, Name> = GivenTables<Name, Names<Client, Ledger>, Names<Client, Letters>, Names<Client, Versions>>

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
export type AnyModels<Client> = GivenTables<ModelName<Client>, ModelName<Client>> &
  Readonly<Record<string, ModelName<Client> | undefined>>

/** What the compiler says of each model: its own words are that a name is not assignable to `undefined`. */
export type CheckedModels<Client, Models> = {
  readonly [Option in keyof Models]: Option extends TableName | OwnTable
    ? Models[Option] extends keyof Client & string
      ? CheckedModel<Client, Option, Models[Option], HasVersions<Models>>
      : unknown
    : UnknownTables<Models>[Option & keyof UnknownTables<Models>]
}

type HasVersions<Models> = Models extends { readonly versions: string } ? true : false

type CheckedModel<Client, Option, Name extends keyof Client & string, WithVersions> = Option extends 'events'
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
      : Name extends SyncedNames<Client> | (WithVersions extends true ? BareNames<Client> : never)
        ? unknown
        : ClerkSyncTypeError<WhyNotSynced<Name, Scalars<Client[Name]>, WithVersions>>

type WhyNotSynced<Name extends string, Fields, WithVersions> = [WithVersions, HasVersion<Fields>] extends [true, false]
  ? NoKey<Name>
  : [MissingFields<Fields>] extends [never]
    ? Fields extends { clerkVersion: string }
      ? Fields extends { deletedAt: Date | null }
        ? Fields extends Keyed
          ? `${Name}.clerkVersion has no default: write clerkVersion String @default("0")`
          : NoKey<Name>
        : `${Name}.deletedAt must be DateTime?`
      : `${Name}.clerkVersion must be String @default("0")`
    : `${Name} lacks ${MissingFields<Fields>}${HasVersion<Fields> extends true ? '' : OrVersions}`

type HasVersion<Fields> = 'clerkVersion' extends keyof Fields ? true : false

type NoKey<Name extends string> = `${Name} has no field for the Clerk id: add id String @id, or clerkId String @unique`

type OrVersions = ', or pass versions, the model ClerkVersion from the README'

type MissingFields<Fields> = 'clerkVersion' extends keyof Fields
  ? 'deletedAt' extends keyof Fields
    ? never
    : 'the field deletedAt: add deletedAt DateTime?'
  : 'deletedAt' extends keyof Fields
    ? 'the field clerkVersion: add clerkVersion String @default("0")'
    : 'the fields clerkVersion and deletedAt: add clerkVersion String @default("0") and deletedAt DateTime?'

/** Whatever JSON can hold; `Prisma.DbNull` and `Prisma.JsonNull` are objects. */
type Json = string | number | boolean | object

type Value<Given, Scalar> = [string | number | boolean] extends [Scalar]
  ? Json | (undefined extends Given ? null : never)
  : Scalar extends readonly unknown[]
    ? Scalar
    : Given

type RowOf<Delegate> = {
  [Field in keyof Writable<Delegate> as Exclude<Field, ReservedColumn>]: Value<
    Writable<Delegate>[Field],
    Scalars<Delegate>[Field & keyof Scalars<Delegate>]
  >
}

/** What a map may return for each of the models. */
export type RowsOf<Client, Models> = {
  [Name in keyof Models & TableName as EntityOf<Name>]: RowOf<Client[Models[Name] & keyof Client]> &
    (IsBeside<Models, Scalars<Client[Models[Name] & keyof Client]>> extends true ? RemovedRow : unknown)
}

/** Whether a model has its versions beside it. */
type IsBeside<Models, Fields> =
  HasVersions<Models> extends true ? (HasVersion<Fields> extends true ? false : true) : false

/** The rows as the client reads them. */
export type StoredRowsOf<Client, Models> = {
  [Name in keyof Models & TableName as EntityOf<Name>]: Plain<Scalars<Client[Models[Name] & keyof Client]>>
}

type Plain<Row> = { [Field in keyof Row]: Row[Field] }

/** The client's own `Prisma.TransactionClient`. */
export type TransactionOf<Client> = Client extends {
  $transaction(run: (tx: infer Tx) => Promise<unknown>, ...options: never[]): unknown
}
  ? Tx
  : never
