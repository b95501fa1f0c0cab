import type { Entity } from '../entities/all-entities.ts'
import type { CallOptions } from './call-options.ts'

/**
 * Tombstones of one entity that were deleted before a time. Where the versions are in the rows, the rows with such a
 * `deletedAt` that an event or a read has reached: not those of version `'0'`, which the application may have deleted
 * itself. Where they are beside, the versions with such a `deletedAt` whose row is not there.
 */
export interface OldTombstones {
  readonly entity: Entity
  readonly before: Date
}

/** Finds and removes old tombstones, for `prune`. */
export interface TombstoneStore {
  /**
   * The keys of the next ones above `after`, in the database's own order; none at the end. Where it must skip many versions
   * whose rows are there, it does so some at a time, each with time of its own, and others have theirs in between. An
   * aborted signal ends it there: it resolves with what it has, and does not reject.
   */
  find(
    which: OldTombstones & { readonly after?: string | undefined; readonly limit: number },
    options?: CallOptions,
  ): Promise<readonly string[]>
  /**
   * Removes those of these keys that are old tombstones still, all or none: a row that came back to life meanwhile stays.
   * Waits for no other transaction: what that has locked stays as well. Gives how many of them are gone.
   */
  remove(which: OldTombstones & { readonly keys: readonly string[] }, options?: CallOptions): Promise<number>
}
