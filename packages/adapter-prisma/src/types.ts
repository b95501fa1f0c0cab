import type { EntityOf, GivenTables, ReservedColumn, TableName } from '@clerk-sync/core/adapter'

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
export type PrismaModels<Client> = GivenTables<SyncedNames<Client>, Names<Client, Ledger>>

/** An option that there is not. */
export type NothingElse<Models> = { readonly [Option in Exclude<keyof Models, TableName | 'events'>]: never }

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
