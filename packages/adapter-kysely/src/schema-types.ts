import type { CamelCase } from '@clerk-sync/core/adapter'
import type { Generated } from 'kysely'

/**
 * The columns that every synced table has, for your `Database` interface: `interface UserTable extends SyncColumns`.
 * An insert of your own need not give them.
 *
 * @typeParam Time - what your driver gives for a date: `Date` on PostgreSQL and MySQL, `number` (ms since 1970) on SQLite
 */
export interface SyncColumns<Time = Date> {
  /** 33 digits; `'0'` is below every event. */
  clerk_version: Generated<string>
  /** When Clerk deleted it; NULL while it lives. */
  deleted_at: Time | null
}

/**
 * The ledger: one row for each message whose hook ran. `processed_at` is known to one attempt alone, for which it goes back
 * by up to a second: it may be before `occurred_at`.
 *
 * @typeParam Time - as for {@link SyncColumns}
 */
export interface ClerkEventsTable<Time = Date> {
  /** The svix-id. */
  id: string
  type: string
  entity_id: string | null
  occurred_at: Time
  processed_at: Time
}

/**
 * Dead letters: one row for each event that the tables refused until the last attempts.
 *
 * @typeParam Time - as for {@link SyncColumns}
 */
export interface ClerkDeadLettersTable<Time = Date> {
  /** The svix-id. */
  id: string
  type: string
  entity_id: string | null
  /** Of the error. */
  code: string
  /** The event whole, and why it was refused: JSON. */
  payload: string
  parked_at: Time
}

/**
 * The versions of the tables that have no sync columns, and the tombstones of what was removed from them.
 *
 * @typeParam Time - as for {@link SyncColumns}
 */
export interface ClerkVersionsTable<Time = Date> {
  table_name: string
  /** The Clerk id. */
  id: string
  /** 33 digits. */
  version: string
  /** When Clerk deleted it; NULL while it lives. */
  deleted_at: Time | null
}

/** The columns as Kysely's `CamelCasePlugin` spells them: `interface UserTable extends CamelCased<SyncColumns>`. */
export type CamelCased<Table> = { [Column in keyof Table as CamelCase<Column>]: Table[Column] }
