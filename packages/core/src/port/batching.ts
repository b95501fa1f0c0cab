import type { Entity } from '../entities/all-entities.ts'
import type { CallOptions } from './call-options.ts'
import type { Upsert, UpsertOutcome } from './change.ts'

/** Writes in one statement what several deliveries bring at the same time. */
export interface Batching {
  /** Whose tables it writes. */
  readonly entities: readonly Entity[]
  /**
   * Upserts of one entity that write the same columns, to different keys, in the order of the keys, none of them with
   * `expected` or `parts`. All of what it writes is committed together.
   *
   * It never waits for a row's lock while it holds others: a row that another transaction has locked is left out, and where
   * something else would have to wait, the whole statement is refused, at once or within milliseconds. What it leaves out, and all of a statement that was
   * refused, the caller writes one by one; so it does not try again by itself.
   *
   * @returns by key, the outcome of those alone whose row is known to hold them, or a newer one, and committed; undefined where
   * such changes do not go together at all
   */
  write(changes: readonly Upsert[], options?: CallOptions): Promise<ReadonlyMap<string, UpsertOutcome> | undefined>
}
