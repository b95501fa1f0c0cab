import type { Entity } from '../entities/all-entities.ts'
import type { CallOptions } from './call-options.ts'

/** Rows to look for by a value of the application's own, in a table that was there before the Clerk ids. */
export interface LinkSearch {
  readonly entity: Entity
  /** The column that holds the values, as the ORM's schema calls it. */
  readonly column: string
  /** As text, whatever the column's type; in lower case where `ignoreCase` is set. */
  readonly values: readonly string[]
  readonly ignoreCase: boolean
}

/** A row that a {@link LinkSearch} found. */
export interface LinkCandidate {
  /** The column's value as text, as it is stored. */
  readonly value: string
  /** The Clerk id that the row has; null for a row that waits for one. */
  readonly key: string | null
  /** The whole row, as the ORM gives it to the application. */
  readonly row: object
}

/** Gives a row another Clerk id. */
export interface Link {
  readonly entity: Entity
  readonly column: string
  /** The row as it was seen. */
  readonly seen: LinkCandidate
  /** The id that it gets; null to take it away. */
  readonly to: string | null
}

/** What linking asks of a store whose tables have keys of their own, and a column for the Clerk id that may be NULL. */
export interface Linking {
  /**
   * The rows with one of the values, those that have a Clerk id as well, and no tombstones. With `ignoreCase` it may find
   * more: what a database takes for equal is not what may be linked, and the caller compares.
   */
  find(search: LinkSearch, options?: CallOptions): Promise<readonly LinkCandidate[]>

  /**
   * One compare-and-set: the row's Clerk id is still the one that was seen, its value has the same bytes, and of its other
   * columns, those that were NULL are, and no others, and whole numbers and booleans are the same. Nothing else is
   * written, and no version: the row is as one that the application has inserted.
   *
   * Two calls for one row: one of them gets it. A row with the same Clerk id is the unique index's to refuse.
   *
   * @returns whether the row has the id `to` now
   */
  set(link: Link, options?: CallOptions): Promise<boolean>

  /**
   * How many rows have no Clerk id, without those that the application has deleted; left out where the store cannot count
   * them. With `most`, it stops there.
   */
  countUnlinked?(entity: Entity, options?: CallOptions & { readonly most?: number }): Promise<number>

  /** Some of these rows, the first by their own key where they have one. */
  listUnlinked?(search: UnlinkedSearch, options?: CallOptions): Promise<readonly UnlinkedRow[]>
}

/** Which rows without a Clerk id to list. */
export interface UnlinkedSearch {
  readonly entity: Entity
  /** The column by which rows are linked, as the ORM's schema calls it. */
  readonly column: string
  readonly limit: number
}

/** A row without a Clerk id. */
export interface UnlinkedRow {
  /** What it has in the columns of the table's primary key, as text, by their names in the database. */
  readonly primaryKey: Readonly<Record<string, string>>
  /** The value of the {@link UnlinkedSearch}'s column as text; null where it is NULL. */
  readonly value: string | null
}

/**
 * Whether `set` compares the value that another column was seen with. Of other values it asks whether they are NULL: a
 * database and a driver may differ in what is equal, since times are rounded, and JSON has no equality.
 */
export function isComparable(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))
}
