import type { Entity } from '../entities/all-entities.ts'
import type { Batching } from './batching.ts'
import type { CallOptions } from './call-options.ts'
import type { Change, Delete, DeleteOutcome, EventRef, Upsert, UpsertOutcome, WriteOutcome, Written } from './change.ts'
import type { CheckOptions, Problem } from './checking.ts'
import type { Fault } from './database-fault.ts'
import type { Trouble } from './database-trouble.ts'
import type { DeadLetterStore } from './dead-letters.ts'
import type { Linking } from './linking.ts'
import type { Part, PartStore } from './parts.ts'
import type { Refusal } from './refusal.ts'
import type { TableInfo } from './table-info.ts'
import type { TombstoneStore } from './tombstone-store.ts'

export type { Entity } from '../entities/all-entities.ts'
export type { Batching } from './batching.ts'
export type { CallOptions } from './call-options.ts'
export type {
  AppliedOutcome,
  Change,
  Delete,
  DeleteMode,
  DeleteOutcome,
  EventRef,
  Outcome,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
  Written,
} from './change.ts'
export type { CheckOptions, Problem, Tombstones } from './checking.ts'
export type { Part, PartRow, PartStore, Parts } from './parts.ts'
export type { ColumnInfo, TableInfo, Values } from './table-info.ts'

/** The row type of each synced table, and of each table of parts, as far as a map may fill it: without keys and sync columns. */
export type Rows = { readonly [E in Entity | Part]?: object }

declare const removed: unique symbol

/** Part of the row type of a table whose versions are beside it: its deletes leave no row, and need no values for one. */
export interface RemovedRow {
  readonly [removed]?: never
}

/** What is there of a key. */
export interface Found {
  /** The whole row, as the ORM gives it to the application; undefined where it was removed and a tombstone is beside. */
  readonly row: object | undefined
  /** Whether there is a tombstone: a `deletedAt` that is not null. */
  readonly deleted: boolean
  /** Whether an event or a read has reached it: its version is not the `'0'` of rows that the application inserted. */
  readonly synced: boolean
  /** The row's version. */
  readonly version: string
}

/** What is there of one key of a page. */
export interface Scanned extends Found {
  readonly key: string
}

/** Which rows to read: the next ones by their keys, in the database's own order, or these alone. */
export type ScanRange =
  | { readonly after?: string | undefined; readonly limit: number; readonly keys?: never }
  | { readonly keys: readonly string[]; readonly after?: never; readonly limit?: never }

declare const noLedger: unique symbol

/** The `Tx` of an adapter that was given no ledger table: `on` is then an error when it is compiled. */
export interface NoLedger {
  readonly [noLedger]: true
}

/** What a caller asks of `once`. */
export interface OnceOptions extends CallOptions {
  /** Whether the hook is to get the row as it was before the change. */
  readonly before?: boolean
}

/**
 * The port: everything that the library asks of a store. `@clerk-sync/core/memory` is its executable specification,
 * `@clerk-sync/adapter-testkit` its proof.
 *
 * Each method is atomic and may run at any time, beside any other, in any number of processes. Throw the driver's own
 * errors: the library finds the database's codes in them, through `cause`, and names them; others, `faultOf` names.
 *
 * @typeParam R - what the tables accept, per entity
 * @typeParam Tx - what a hook gets to write with: the ORM's own transaction; `never` where there is none
 * @typeParam HookResult - what a hook may return: a promise, or, on a synchronous driver, anything else
 * @typeParam Stored - the row that `find` gives, per entity: the application's own row type
 */
export interface SyncAdapter<R extends Rows = Rows, Tx = unknown, HookResult = unknown, Stored extends Rows = Rows> {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  /** The tables that are synced; the events of the others are ignored. */
  readonly tables: { readonly [E in Entity]?: TableInfo }
  /** Whether there is a ledger table, which hooks need. */
  readonly ledger: boolean
  /** The table of dead letters; left out where the adapter was given none. */
  readonly deadLetters?: DeadLetterStore
  /** The tables of what a user has many of; left out where the adapter was given none. */
  readonly parts?: PartStore
  /** Gives rows that were there before their Clerk ids; left out where the adapter cannot. */
  readonly linking?: Linking
  /** Removes old tombstones; left out where the adapter cannot, and then they stay. */
  readonly tombstones?: TombstoneStore
  /** Stores deliveries that come at the same time together; left out where each is a statement of its own. */
  readonly batching?: Batching
  /** Types alone: never set. */
  readonly $types?: { readonly rows: R; readonly tx: Tx; readonly hookResult: HookResult; readonly stored: Stored }

  /**
   * What an error of this adapter means where it carries no code of a database: SQLSTATE, MySQL's number or SQLite's
   * result code. `undefined` for all others. Leave it out where the driver's errors have such codes.
   */
  faultOf?(error: unknown): Fault | undefined

  /**
   * The constraint or column that an error of this adapter names, never a value. Leave it out where the driver's errors
   * are found through `cause`.
   */
  refusalOf?(error: unknown): Refusal | undefined

  /**
   * What keeps the database from its work by an error of this adapter: it is away, a table is missing and the like. Leave
   * it out where the driver's errors are found through `cause`.
   */
  troubleOf?(error: unknown): Trouble | undefined

  /**
   * One guarded write. Concurrent callers for one key: the largest version stays, whoever is last. Resolves only when the
   * row is known to hold the change or a newer one: a count, or that no row came back, does not say so.
   */
  upsert(change: Upsert, options?: CallOptions): Promise<UpsertOutcome>

  /** One guarded write. A tombstone is left also for a key never seen. */
  softDelete(change: Delete, options?: CallOptions): Promise<DeleteOutcome>

  /**
   * In one transaction: claim the message, remove its dead letter if there is one, write the change if there is one, run
   * the hook, commit.
   *
   * `duplicate` when the message was claimed before; a second caller waits for the first to end. The hook runs also
   * when the write changed nothing. When the hook throws, nothing of the transaction stays and the error comes out. A
   * transaction that the database refused for a passing reason is run again, the hook with it. It resolves only after
   * the commit, and must find out when the transaction was doomed by an error that the hook caught. What the hook has left running is
   * refused from then on: it must not be written by itself, or in another transaction.
   *
   * With `before`, the hook gets the row as it was before the change, as `find` gives it, and undefined where there was
   * none. It is read under the lock of its version: no other write comes between it and the change. Without `before`,
   * nothing is read.
   *
   * The hook of a removal runs after the version is raised and before the row goes: what refers to the row is still there.
   *
   * Without interactive transactions: look whether the message was processed, write, run the hook without a `tx`, then
   * mark the message and remove its letter. So a hook runs at least once: never marked before it has run. `before` is then
   * read before the write, without a lock.
   */
  once(
    event: EventRef,
    change: Change | undefined,
    hook: (tx: Tx, outcome: WriteOutcome, before: object | undefined) => HookResult,
    options?: OnceOptions,
  ): Promise<WriteOutcome | 'duplicate'>

  /**
   * Many guarded writes in few statements: upserts and deletes of any tables. One result for each change, in their order.
   * A change that cannot be written has its error, and does not keep the others from being written.
   *
   * Of several changes to one key, one that a newer one supersedes has its outcome only after the newer is committed; where
   * the newer is refused, the next older is written. {@link newestFirst} does that.
   */
  writeMany<C extends Change>(changes: readonly C[], options?: CallOptions): Promise<readonly Written<C>[]>

  /** What is there of this Clerk id, a tombstone too; undefined where there is nothing. Sees every write that has resolved. */
  find(entity: Entity, key: string): Promise<Found | undefined>

  /**
   * Many at once, as {@link find} gives them, and each with its key: one page of a table, every row of it, whether an event
   * has reached it or not; or what is there of up to 500 keys, what was removed too, in any order.
   */
  scan(entity: Entity, range: ScanRange, options?: CallOptions): Promise<readonly Scanned[]>

  /** Looks at the database: tables, columns, indexes, and what would refuse a delete. Writes nothing. */
  check(options?: CheckOptions): Promise<readonly Problem[]>

  /**
   * Removes ledger rows of messages processed before the given time, and holds up no others; gives how many. Where it does
   * so some at a time, an aborted signal ends it in between, and those count that are gone.
   */
  prune(before: Date, options?: CallOptions): Promise<number>

  /** How many `prune` would remove. Without it, nobody can ask beforehand. */
  countEvents?(before: Date): Promise<number>
}
