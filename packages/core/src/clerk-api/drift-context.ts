import type { ListedEntity } from '../entities/all-entities.ts'
import type { Rows } from '../port/sync-adapter.ts'

/**
 * What `onDrift` is called with. It runs after the write, as a hook does; where the row is removed, before it goes.
 *
 * @typeParam Stored - the application's own rows, by entity
 */
export interface DriftContext<Tx = unknown, Stored extends Rows = Rows> {
  /** The ORM's own transaction, which writes the row. */
  readonly tx: Tx
  /**
   * The row as it was, as the ORM gives it, and undefined where there was none: with tables of several entities, the row of
   * any of them. It is read under the row's lock, at two more statements; where there is no `tx`, without a lock.
   */
  readonly before: NonNullable<Stored[ListedEntity & keyof Stored]> | undefined
}
