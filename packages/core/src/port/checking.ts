import type { Entity } from '../entities/all-entities.ts'
import type { Part } from '../entities/parts/part-names.ts'
import type { CallOptions } from './call-options.ts'
import type { DeleteMode } from './change.ts'
import type { Values } from './table-info.ts'

/**
 * Something that `check` found in the database. An error breaks a guarantee; a warning will bite one day; a note is what
 * follows from something that is meant to be so.
 */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'note'
  readonly table: string
  readonly column?: string
  /** What is wrong, why it matters, and what to do. */
  readonly message: string
}

/** What the deletes of an entity will write, tried with samples: `check` compares it with the database's constraints. */
export interface Tombstones {
  readonly mode: DeleteMode
  /** The values of a tombstone for a row that was never seen; all others are NULL or their default. */
  readonly written: Values
  /** What stays in two rows that were the same but for their ids, once both are deleted. */
  readonly held: readonly [Values, Values]
}

export interface CheckOptions extends CallOptions {
  readonly tombstones?: { readonly [E in Entity]?: Tombstones }
  /** The columns that the maps fill. */
  readonly mapped?: { readonly [E in Entity]?: readonly string[] }
  /** The same of the tables of what a user has many of. */
  readonly mappedParts?: { readonly [P in Part]?: readonly string[] }
  /**
   * What the maps give of samples of Clerk's: first of one with every part, then of each value of a field that has a few
   * alone, such as a session's `status`.
   */
  readonly samples?: { readonly [E in Entity]?: readonly Values[] }
  /** The column by which rows are linked to Clerk's. */
  readonly linkedBy?: { readonly [E in Entity]?: string }
}
