import type { ListedEntity } from '../entities/all-entities.ts'
import type { ClerkSyncError } from '../errors.ts'
import type { LinkOptions, UserRow } from '../linking/link-options.ts'
import type { Rows, WriteOutcome } from '../port/sync-adapter.ts'
import type { DriftContext } from './drift-context.ts'
import type { LinkReport } from './link-report.ts'

export type { ListedEntity } from '../entities/all-entities.ts'

/** How Clerk's Backend API is reached. */
export interface ClerkApiOptions {
  /** The instance's secret key, `sk_test_…` or `sk_live_…`. Default: the environment's `CLERK_SECRET_KEY`. */
  readonly secretKey?: string | undefined
  /** Default: the environment's `CLERK_API_URL`, or `https://api.clerk.com`. */
  readonly apiUrl?: string | undefined
  /**
   * A client of `@clerk/backend`, to be sure that the key is that of its instance: one request, and an error where it is
   * not. It cannot take the key's place: it shows neither its key nor when Clerk answered, and takes HTML for a list.
   */
  readonly clerkClient?: { readonly instance: { get(): Promise<{ readonly id: string }> } } | undefined
  /** Ends the work: what is running is given up, what was written stays. It then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly limits?: ClerkApiLimits | undefined
}

/** What a run may ask of Clerk. An instance answers 1000 requests in 10 s, one of development 100. */
export interface ClerkApiLimits {
  /**
   * Requests in 10 s, of the whole run. Default 300, and 30 with a key `sk_test_…`: three tenths of the instance's limit,
   * since the application needs the rest.
   */
  readonly requestsPer10s?: number | undefined
  /** How long one request may take, its body read, in ms. Default 30000. */
  readonly timeoutMs?: number | undefined
  /** How often a request is sent again after a 5xx, a 429 or an error of the network. Default 8, over about two minutes. */
  readonly retries?: number | undefined
  /**
   * How long a 429 may ask to wait (`Retry-After`), over all of a call's requests, in ms. Beyond it, the call does not wait,
   * and fails with `clerk_unavailable`. Default: a run waits as long as Clerk says. `ensureUser`, `refresh` and the like,
   * which an answer of the application waits for, 2000.
   */
  readonly maxWaitMs?: number | undefined
}

/** What `backfill` and `reconcile` share. */
export interface RunOptions extends ClerkApiOptions {
  /** Which entities; default: all that have a table and that Clerk lists. They are read in an order that foreign keys take. */
  readonly entities?: readonly ListedEntity[] | undefined
  /** Called after each page, and once a second while a run waits. It must not block. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface Progress {
  /** `match`: with `link`, users are compared with the rows that wait for one. `list`: Clerk's lists are read. `scan`: the table is compared with Clerk. `settle`: the run waits until an absence may be believed. */
  readonly step: 'match' | 'list' | 'scan' | 'settle'
  readonly entity: ListedEntity
  /**
   * What was read of this entity in this step, in entities or rows; of subscriptions and payment attempts, in subscription items
   * and statements, whose lists lead to them.
   */
  readonly done: number
  /** How many there are, as far as that is known; null where it is not. */
  readonly total: number | null
  /** Of the whole run, from 0 to 1; null as long as it is not known. */
  readonly share: number | null
  /** Entities or rows a second, over the run. */
  readonly perSecond: number
  readonly secondsLeft: number | null
  readonly requests: number
  readonly counts: CountsByEntity
}

/** What became of the changes of one entity: one for each id, whatever the number of times it was read. */
export type Counts = Readonly<Record<WriteOutcome | 'failed', number>>
export type CountsByEntity = { readonly [E in ListedEntity]?: Counts }

/** A row that could not be written. */
export interface Failure {
  readonly entity: ListedEntity
  /** The Clerk id. */
  readonly id: string
  readonly error: ClerkSyncError
}

export interface RunResult {
  /** Whether the whole was read and all of it is written; of a dry run, whether there is no drift. */
  readonly ok: boolean
  readonly counts: CountsByEntity
  /** The first thousand of the rows that could not be written; `counts` has how many there are. */
  readonly failures: readonly Failure[]
  /**
   * Of which entities Clerk's list was not read whole: it counts more than it listed, as when it changes all the time. What
   * was read is written, and the run is not `ok`; `reconcile` deletes nothing of them. Run it again.
   */
  readonly incomplete: readonly ListedEntity[]
  /**
   * How many rows of users have no Clerk id: counted before the run, less those that it linked. They are nobody's, and
   * `backfill({ link })` gives them to their users. Left out where the run is not of users, or the adapter cannot count them.
   */
  readonly unlinkedRows?: number
  readonly requests: number
  readonly seconds: number
}

/** Where a run that was killed goes on. Keep it as JSON: in a file, a row, a key of Redis. */
export interface CheckpointStore {
  /** What was saved last; undefined for a run from the start. */
  load(): unknown
  /** Called after each page that is written, and with `undefined` at the end. It is awaited. */
  save(checkpoint: object | undefined): unknown
}

export interface BackfillOptions<Stored extends Rows = Rows> extends RunOptions {
  /**
   * Gives users the rows that were there before: one that matches exactly one user gets that user's Clerk id, and keeps its
   * own key and columns. Where it is not sure, nothing is written for the user, and `failures` says why. All users are read
   * once more, before the first is written.
   */
  readonly link?: LinkOptions<UserRow<Stored>> | undefined
  /** With `link`: counts what it would do, and writes nothing. All users are read twice, as in a run that writes. */
  readonly dryRun?: boolean | undefined
  /** Default: none, and a run that was killed starts from the beginning, which does no harm. */
  readonly checkpoint?: CheckpointStore | undefined
}

export interface BackfillResult extends RunResult {
  /** Whether it went on from a checkpoint. */
  readonly resumed: boolean
  /** With `link`: what became of the rows that were there before. */
  readonly link?: LinkReport
}

/**
 * - `missing`: Clerk has it, and the table has no row
 * - `stale`: the row is older than Clerk's, or a mapped value differs
 * - `undeleted`: the row is alive, and Clerk does not have it
 * - `revived`: the row is a tombstone that an earlier read made, and Clerk has it
 * - `orphaned`: as `undeleted`, because its user or organization is gone
 * - `unlinked`: Clerk has it, and by the `link` of createClerkSync, a row without a Clerk id is this user's alone. Nothing is
 *   written: `backfill({ link })` links it, or the user's next event
 */
export type DriftKind = 'missing' | 'stale' | 'undeleted' | 'revived' | 'orphaned' | 'unlinked'

export interface Drift {
  readonly kind: DriftKind
  readonly entity: ListedEntity
  /** The Clerk id. */
  readonly id: string
  /** How old the change is that did not arrive, by Clerk's clock, in ms. Where Clerk gives it no time: how old the row's version is. */
  readonly ageMs: number
  /** Whether it is younger than `graceMs`: its event may still be on the way. */
  readonly pending: boolean
  /** Of `stale`: the columns that differ, and the tables of parts, such as `emailAddresses`. */
  readonly columns?: readonly string[]
}

export interface ReconcileOptions<Tx = unknown, Stored extends Rows = Rows> extends RunOptions {
  /** Reports what would be written, and writes nothing. */
  readonly dryRun?: boolean | undefined
  /**
   * How many rows of one entity may be deleted at most; beyond it none of that entity is, and the run rejects nothing but
   * is not `ok`. Default: the larger of 10 and a twentieth of its live rows; 0 where Clerk lists no waitlist entry, or no
   * subscription item, at all. What goes with a user or an organization proven gone does not count: memberships and the like.
   */
  readonly maxDeletes?: number | undefined
  /** How long an absence must last before it is believed, by Clerk's clock, in ms. Default 30000. */
  readonly settleMs?: number | undefined
  /** Drift that is younger is `pending`: mended like the rest, and no sign of a lost event. In ms; default 300000. */
  readonly graceMs?: number | undefined
  /**
   * Called for each drift that is mended, in the transaction that writes the row: once for each. It is where the application
   * does what the hook of the lost event would have done. What it throws keeps the row as it was.
   */
  readonly onDrift?: ((drift: Drift, context: DriftContext<Tx, Stored>) => unknown) | undefined
}

export type DriftCounts = Readonly<Record<DriftKind | 'pending', number>>

export interface ReconcileResult extends RunResult {
  readonly dryRun: boolean
  readonly drift: { readonly [E in ListedEntity]?: DriftCounts }
  /** The first ten thousand; `drift` has how many there are. */
  readonly drifts: readonly Drift[]
  /** Of which entities nothing was deleted, because it would have been more than `maxDeletes`. */
  readonly tooManyDeletes: readonly {
    readonly entity: ListedEntity
    readonly found: number
    readonly allowed: number
  }[]
}

export interface OneOptions extends ClerkApiOptions {
  readonly entity: ListedEntity
  /** The Clerk id. */
  readonly id: string
}

/** `absent`: Clerk does not have it. Nothing was deleted for it: one answer proves no absence, `reconcile` does. */
export type RefreshOutcome = WriteOutcome | 'absent'

/**
 * `restored`: the row is alive, with what Clerk has. `not_deleted`: the row was no tombstone. `absent`: Clerk does not have
 * it, and nothing was written.
 */
export type RestoreOutcome = 'restored' | 'not_deleted' | 'absent'
