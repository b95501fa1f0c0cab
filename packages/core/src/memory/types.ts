import type { TableName } from '../entities/all-entities.ts'
import type { Part, PartTableName } from '../entities/parts/part-names.ts'
import type { EntityOf, FilledTableName } from '../port/given-tables.ts'
import type { Entity, RemovedRow, Rows, SyncAdapter } from '../port/sync-adapter.ts'
import type { MemoryColumn, MemoryDatabase, MemoryRow, MemoryTransaction } from './memory-database.ts'

/** A table's columns beside `id`, `clerkVersion` and `deletedAt`: what a map may fill, and the application's own. */
export interface MemoryTable {
  readonly columns: Readonly<Record<string, MemoryColumn>>
  /** `beside`: the rows have neither `clerkVersion` nor `deletedAt`, and deletes remove them unless `onDelete` says otherwise. Default: `row`. */
  readonly versions?: 'row' | 'beside'
}

/**
 * The tables. A row of a table of parts has the id of its user in `userId`, its own in `clerkId`, and in `id` both, with a
 * blank in between.
 */
export type MemoryTables = { readonly [Name in TableName]?: MemoryTable } & {
  readonly [Name in PartTableName]?: Pick<MemoryTable, 'columns'>
}

export interface MemoryAdapterOptions {
  /** Whether there is a ledger, which hooks need. Default true. */
  readonly ledger?: boolean
  /** Whether there is a table of dead letters. Default false. */
  readonly deadLetters?: boolean
  /** Whether deliveries that come at the same time are written in one transaction. Default false. */
  readonly batching?: boolean
  /** Several adapters on one database are several processes. Made with {@link memorySchema}. Default: a new one. */
  readonly database?: MemoryDatabase
  /** Put around every statement and commit: reject in it, to see what yours does while the database is away. */
  readonly call?: <T>(statement: () => Promise<T>) => Promise<T>
}

type StoredRow<Row> = SyncColumns & Required<NonNullable<Row>>
type StoredRows<R extends Rows> = { readonly [E in keyof R & Entity]: StoredRow<R[E]> }

export interface MemoryAdapter<R extends Rows> extends SyncAdapter<R, MemoryTransaction, unknown, StoredRows<R>> {
  /** What is committed in a table: `users`, `events` for the ledger, or one that only hooks write. */
  rows<Name extends TableName<keyof R & Entity>>(table: Name): readonly StoredRow<R[EntityOf<Name> & keyof R]>[]
  rows(table: string): readonly MemoryRow[]
}

interface SyncColumns {
  readonly id: string
  readonly clerkVersion: string
  readonly deletedAt: Date | null
}

type RequiredColumns<C> = {
  [K in keyof C]: C[K] extends { required: true } ? (C[K] extends { default: unknown } ? never : K) : never
}[keyof C]
type RowOf<C> = { [K in RequiredColumns<C>]: unknown } & { [K in Exclude<keyof C, RequiredColumns<C>>]?: unknown }
export type RowsOf<T extends MemoryTables> = {
  [Name in keyof T & FilledTableName as EntityOf<Name>]: RowOf<NonNullable<T[Name]>['columns']> &
    (T[Name] extends { readonly versions: 'beside' } ? RemovedRow : unknown)
}
export type TablesOf<R extends Rows> = {
  readonly [E in keyof R & Entity as TableName<E>]: {
    readonly columns: { readonly [K in keyof NonNullable<R[E]>]-?: MemoryColumn }
    readonly versions?: 'row' | 'beside'
  }
} & {
  readonly [P in keyof R & Part as PartTableName<P>]: {
    readonly columns: { readonly [K in keyof NonNullable<R[P]>]-?: MemoryColumn }
  }
}
