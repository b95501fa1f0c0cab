import type { Part } from '../entities/parts/part-names.ts'
import type { CallOptions } from './call-options.ts'
import type { TableInfo, Values } from './table-info.ts'

export type { Part } from '../entities/parts/part-names.ts'

/** One row of a table of parts. Its key is the owner's Clerk id and its own. */
export interface PartRow {
  /** The part's own Clerk id. */
  readonly id: string
  readonly values: Values
}

/** All parts of one owner, by the tables that the adapter was given: no two rows of a list have the same id. */
export type Parts = { readonly [P in Part]?: readonly PartRow[] }

/**
 * The tables of what a user has many of: e-mail addresses, phone numbers and so on. They have no versions of their own; a
 * part is written with its owner, in the same transaction, and exactly where the owner's mapped values are written:
 *
 * - by an upsert that its row takes, also one that fills in the row of a tombstone that keeps its values: the owner's parts
 *   that are not in `change.parts` are deleted, and after that those that are there are inserted or updated
 * - by a delete of the modes `erase` and `remove`: all of the owner's parts are deleted, before a row that is removed
 * - not by one of the mode `keep`, nor by what the row does not take
 *
 * The key is (owner, id): an update never gives a part another owner. No column is written that is not in the values: others
 * are the application's own. Locks are taken in the order ledger, versions, row, parts.
 *
 * As of a row, `upsert`, `softDelete`, `once` and `writeMany` resolve only when the parts are known to be as the change says.
 * What the database refuses of a part, such as a unique value, refuses the whole change.
 */
export interface PartStore {
  readonly tables: { readonly [P in Part]?: TableInfo }
  /** What is there of these owners, at most 500 of them; those without parts may be left out. For comparison alone: values as `scan` gives those of a row. */
  read(owners: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, Parts>>
}
