import type { ClerkSyncTypeError } from '@clerk-sync/core'
import type { EntityOf, GivenTables, ReservedColumn, TableName, UnknownTables } from '@clerk-sync/core/adapter'

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
type Synced = { clerkVersion: string; deletedAt: Date | null } & ({ id: string } | { clerkId: string })

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

/**
 * The models to keep in sync, by their names on the client; the events of those that are left out are ignored. `events`
 * is the ledger, for hooks.
 */
export type PrismaModels<Client> = GivenTables<SyncedNames<Client>, Names<Client, Ledger>, Names<Client, Letters>>

/** The client's models. */
type ModelName<Client> = {
  [Name in keyof Client & string]: [Scalars<Client[Name]>] extends [never] ? never : Name
}[keyof Client & string]

/** Models of the client under any name; {@link CheckedModels} says what is wrong with one. */
export type AnyModels<Client> = GivenTables<ModelName<Client>, ModelName<Client>> &
  Readonly<Record<string, ModelName<Client> | undefined>>

/** What the compiler says of each model: its own words are that a name is not assignable to `undefined`. */
export type CheckedModels<Client, Models> = {
  readonly [Option in keyof Models]: Option extends TableName | 'events' | 'deadLetters'
    ? Models[Option] extends keyof Client & string
      ? CheckedModel<Client, Option, Models[Option]>
      : unknown
    : UnknownTables<Models>[Option & keyof UnknownTables<Models>]
}

type CheckedModel<Client, Option, Name extends keyof Client & string> = Option extends 'events'
  ? Name extends Names<Client, Ledger>
    ? unknown
    : ClerkSyncTypeError<`${Name} lacks fields of the ledger: take the model ClerkEvent from the README`>
  : Option extends 'deadLetters'
    ? Name extends Names<Client, Letters>
      ? unknown
      : ClerkSyncTypeError<`${Name} lacks fields of dead letters: take the model ClerkDeadLetter from docs/dead-letters.md`>
    : Name extends SyncedNames<Client>
      ? unknown
      : ClerkSyncTypeError<WhyNotSynced<Name, Scalars<Client[Name]>>>

type WhyNotSynced<Name extends string, Fields> = [MissingFields<Fields>] extends [never]
  ? Fields extends { clerkVersion: string }
    ? Fields extends { deletedAt: Date | null }
      ? Fields extends { id: string } | { clerkId: string }
        ? `${Name}.clerkVersion has no default: write clerkVersion String @default("0")`
        : `${Name} has no field for the Clerk id: add id String @id, or clerkId String @unique`
      : `${Name}.deletedAt must be DateTime?`
    : `${Name}.clerkVersion must be String @default("0")`
  : `${Name} lacks ${MissingFields<Fields>}`

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
  [Name in keyof Models & TableName as EntityOf<Name>]: RowOf<Client[Models[Name] & keyof Client]>
}

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
