import type { Entity } from '../entities/all-entities.ts'
import type { Parts } from './parts.ts'
import type { Values } from './table-info.ts'

/** Write these values, unless the row's version is the same or newer. */
export interface Upsert {
  readonly kind: 'upsert'
  readonly entity: Entity
  /** The Clerk id. */
  readonly key: string
  /** See {@link versionOf}: 33 digits, compared as text. */
  readonly version: string
  readonly values: Values
  /** All that the entity has of what the adapter has tables of parts for; left out where it has none. See {@link PartStore}. */
  readonly parts?: Parts
  /**
   * Compare-and-set, in place of the guard: written only where the key's version is exactly this one, and then whatever its
   * own is, and the row lives again. {@link NO_VERSION} for a row that no event has reached. Where there is no such row,
   * nothing is written, and the outcome is that of a change that came late.
   */
  readonly expected?: string
  /** With `expected`: only where there is no tombstone. One that keeps its values has the version that it had before. */
  readonly live?: boolean
}

/**
 * Leave a tombstone, also where there was no row.
 *
 * - `erase`: guarded by `version` like an upsert; writes `values`, `deletedAt` and `version`, the last two beside where the
 *   versions are. A delete's version is above every snapshot's, so nothing is written to the row again.
 * - `keep`: writes `deletedAt` alone, unless the row has the same or a later one. The row's version stays, and so does
 *   the order among its snapshots: one that arrives late still fills in what the tombstone keeps. A row that was not
 *   there is inserted with `values` and {@link NO_VERSION}. Where the versions are beside, the version gets a mark, and
 *   {@link keepingWrite} says what is written.
 * - `remove`: guarded by `version`; raises the version beside, sets `deletedAt` there, and deletes the row. Only for
 *   tables whose versions are beside them. `values` is empty.
 */
export interface Delete {
  readonly kind: 'delete'
  readonly mode: DeleteMode
  readonly entity: Entity
  readonly key: string
  readonly version: string
  /** When Clerk deleted it: the event's time, never the clock of the process. */
  readonly deletedAt: Date
  readonly values: Values
  /**
   * As of an {@link Upsert}, and only where there is no tombstone yet. With it, a tombstone that keeps its values takes the
   * version as well.
   */
  readonly expected?: string
}

export type Change = Upsert | Delete

/** What a delete does to its row. */
export type DeleteMode = 'erase' | 'keep' | 'remove'

/** What the ledger keeps of a message. */
export interface EventRef {
  /** The svix-id: the same for every attempt and for a manual resend. */
  readonly id: string
  readonly type: string
  readonly entityId: string | null
  readonly occurredAt: Date
}

/**
 * What became of a change, as its row shows:
 *
 * - `unchanged`: the row holds exactly this change already
 * - `stale`: the row holds a newer one
 * - `already_deleted`: the row is the tombstone of another event. Also of a snapshot that is written into a tombstone
 *   that keeps its values: the entity is gone all the same. With versions beside: also where the row was written once and
 *   something else has deleted it since, the application or a foreign key; it is not written again.
 * - `owner_deleted`: a foreign key of the table refers to a row that was removed, and its `on delete` leaves no row that
 *   could be written: there is a tombstone, and no row
 */
export type UpsertOutcome = 'created' | 'updated' | 'owner_deleted' | Held
/** `deleted`: this delete is written, whether there was a row or not. */
export type DeleteOutcome = 'deleted' | Held
export type WriteOutcome = UpsertOutcome | DeleteOutcome
type Held = 'unchanged' | 'stale' | 'already_deleted'
/**
 * `duplicate`: the ledger has the message. `ignored`: the event has neither a table nor a hook. `parked`: it was refused,
 * and is kept as a dead letter.
 */
export type Outcome = AppliedOutcome | 'parked'
export type AppliedOutcome = WriteOutcome | 'duplicate' | 'ignored'

/** What became of one change of a batch: an outcome, or the error with which it was refused. */
export type Written<C extends Change = Change> =
  | { readonly change: C; readonly outcome: WriteOutcome; readonly error?: never }
  | { readonly change: C; readonly outcome?: never; readonly error: unknown }
