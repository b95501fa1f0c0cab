import type { Entity } from '../entities/all-entities.ts'
import type { Part, TableInfo } from '../port/sync-adapter.ts'

/**
 * A table as an ORM's schema describes it, for the statements on it. Columns go by the names that the ORM's users give
 * them ("properties"); `column` says what they are in the database.
 */
export interface SqlTable {
  /** For messages. */
  readonly name: string
  /** Quoted, with its schema if it is given one. */
  readonly quoted: string
  /** The quoted name of a property's column. */
  column(property: string): string
  /** What the driver takes for a value; SQL's NULL for `null`. */
  encode(property: string, value: unknown): unknown
}

/** A table that is kept in sync, wherever its versions are. */
export interface KeyedTable extends SqlTable, TableInfo {
  readonly entity: Entity
  /** Every property that the schema declares; those that are the application's as well. */
  readonly properties: readonly string[]
  /** The property that holds the Clerk id. */
  readonly key: string
  /** Properties that the ORM fills in a new row, and not the database; an `SqlExpression` is evaluated there. */
  readonly computed: Readonly<Record<string, () => unknown>>
}

/** A table with the sync columns. */
export interface SyncedTable extends KeyedTable {
  readonly clerkVersion: string
  readonly deletedAt: string
}

/** A table without them: its versions are in a {@link VersionsTable}, under its name. */
export interface BesideTable extends KeyedTable {
  readonly versions: 'beside'
  /** What its versions are kept under, by {@link nameInVersions}. Default: `name`. */
  readonly tableName?: string
}

/** A table of what a user has many of. Its key is the owner's Clerk id and the part's own, together. */
export interface PartTable extends SqlTable, TableInfo {
  readonly part: Part
  /** The property that holds the owner's Clerk id. */
  readonly owner: string
  /** The property that holds the part's. */
  readonly key: string
  /** As of a {@link KeyedTable}. */
  readonly computed: Readonly<Record<string, () => unknown>>
}

/** A table's name in the database; with its schema before it, unless that is `public`: two of them may have one name. */
export function nameInVersions(name: string, schema?: string): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`
}

export function isBeside(table: KeyedTable): table is BesideTable {
  return table.versions === 'beside'
}

export function isPart(table: KeyedTable | PartTable): table is PartTable {
  return 'part' in table
}

export function isInRow(table: KeyedTable): table is SyncedTable {
  return !isBeside(table)
}

/** The table of versions, with the properties {@link VERSION_COLUMNS}; its key is the first two. */
export type VersionsTable = SqlTable

export const VERSION_COLUMNS = ['tableName', 'id', 'version', 'deletedAt'] as const

/** The ledger, with the properties {@link LEDGER_COLUMNS}. */
export type LedgerTable = SqlTable

export const LEDGER_COLUMNS = ['id', 'type', 'entityId', 'occurredAt', 'processedAt'] as const
