import type {
  ColumnName,
  ColumnNames,
  EntityOf,
  FilledTableName,
  GivenTables,
  NamedColumn,
  PartColumnNames,
  PartTableName,
  RemovedRow,
  ReservedColumn,
  TableName,
} from '@clerk-sync/core/adapter'

/** What the generated clients, of both generators, carry for the compiler beside a model's methods. */
type TypesOf<Delegate> = Delegate extends { [K: symbol]: { types: infer Types } } ? Types : never

/** A model's fields as they are read. */
export type Scalars<Delegate> = TypesOf<Delegate> extends { payload: { scalars: infer S extends object } } ? S : never

/** A model's fields as they are written, with `?` where something else fills them; without relations. */
export type Writable<Delegate> =
  TypesOf<Delegate> extends { operations: { createMany: { args: { data: infer Data } } } }
    ? Exclude<Data, readonly unknown[]>
    : never

export type Ledger = { id: string; type: string; entityId: string | null; occurredAt: Date; processedAt: Date }
export type Letters = {
  id: string
  type: string
  entityId: string | null
  code: string
  payload: string
  parkedAt: Date
}
export type Versions = { tableName: string; id: string; version: string; deletedAt: Date | null }
export type Keyed = { id: string } | { clerkId: string | null }
type Synced = { clerkVersion: string; deletedAt: Date | null } & Keyed

export type Names<Client, Fields> = {
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

/** A model of what a user has many of, with the fields of its key where they have other names than `userId` and `id`. */
export interface NamedPartModel<Name = string> extends PartColumnNames {
  readonly model: Name
}

type Given<Client, Name> = GivenTables<
  Name | NamedModel<ModelName<Client>>,
  Names<Client, Ledger>,
  Names<Client, Letters>,
  Names<Client, Versions>,
  ModelName<Client> | NamedPartModel<ModelName<Client>>
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

type AnyModel<Client> = ModelName<Client> | NamedModel<ModelName<Client>> | NamedPartModel<ModelName<Client>>

/** The model of an option, which names its fields or does not. */
export type ModelIn<Option> = Option extends { readonly model: infer Name } ? Name : Option

export type HasVersions<Models> = Models extends { readonly versions: string } ? true : false

export type Version<Given> = ColumnName<Given, 'version', 'clerkVersion'>
export type DeletedAt<Given> = ColumnName<Given, 'deletedAt', 'deletedAt'>

export type HasVersion<Fields, Given = unknown> = Version<Given> extends keyof Fields ? true : false

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
  [Name in keyof Models & FilledTableName as EntityOf<Name>]: Name extends PartTableName
    ? Omit<RowOf<Client[ModelIn<Models[Name]> & keyof Client], Models[Name]>, OwnerField<Models[Name]>>
    : RowOf<Client[ModelIn<Models[Name]> & keyof Client], Models[Name]> &
        (IsBeside<Models, Scalars<Client[ModelIn<Models[Name]> & keyof Client]>, Models[Name]> extends true
          ? RemovedRow
          : unknown)
}

/** The field that holds the id of a part's user. */
export type OwnerField<Given> = Given extends { readonly owner: infer Name extends string } ? Name : 'userId'

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
