import type { AppliedEvent, ApplyManyOptions } from './apply-many.ts'
import type { BatchOptions } from './batching/batch-options.ts'
import type { DeadLettersApi } from './dead-letters/create-dead-letters.ts'
import type { DeliveryResult } from './delivery/delivery-result.ts'
import type { Hooks } from './delivery/hooks.ts'
import type { ClerkSyncLogger } from './delivery/logger.ts'
import type { ReceiveOptions, VerifyOptions } from './delivery/queue-delivery.ts'
import type { RawDelivery } from './delivery/raw-delivery.ts'
import type { ClerkSyncDescription } from './describe.ts'
import type { BareDelete, WholeDelete } from './entities/all-entities.ts'
import type { ClerkEvent } from './entities/clerk-event.ts'
import type { DeliveryLinkOptions, UserRow } from './linking/link-options.ts'
import type { DeleteMode, Entity, Outcome, Problem, Rows, SyncAdapter } from './port/sync-adapter.ts'
import type { ClerkSyncTypeError } from './port/type-error.ts'
import type { PruneOptions, PruneResult } from './prune.ts'

export interface ClerkSyncOptions<R extends Rows, Tx, HookResult, Stored extends Rows = Rows> {
  /** Stores the rows: `drizzleAdapter(db, { users, … })` or another ORM's adapter. */
  readonly adapter: SyncAdapter<R, Tx, HookResult, Stored>
  /**
   * The endpoint's signing secret, `whsec_…`; several while one is rotated.
   * Default: the environment's `CLERK_WEBHOOK_SIGNING_SECRET`.
   */
  readonly signingSecret?: string | readonly string[] | undefined
  /** Hooks: a function per event type. They need the adapter's ledger table, `events`. */
  readonly on?: Hooks<NoInfer<Tx>, NoInfer<HookResult>, NoInfer<Stored>> | undefined
  /**
   * `erase` (default): a deleted row keeps its id and loses what was mapped. `keep`: it keeps its values. For all tables, or
   * by entity: `{ user: 'erase', organization: 'keep' }`; those left out erase.
   *
   * `remove`: the row is deleted, and its tombstone stays in the adapter's table `versions`. It is the default of the tables
   * that have no sync columns; they may also `erase` or `keep`, and a view tells which rows are live:
   * https://clerk-sync.github.io/clerk-sync/versions-beside
   */
  readonly onDelete?: OnDelete<NoInfer<R>> | undefined
  /**
   * During a move to Clerk: a user who signs up gets the row that was there before, where exactly one matches. Which one
   * that is depends on what a user's first event says: `backfill({ link })` before the endpoint opens does not. Until
   * `until`; see https://clerk-sync.github.io/clerk-sync/adopting.
   */
  readonly link?: DeliveryLinkOptions<UserRow<NoInfer<Stored>>> | undefined
  /** The Clerk instance (`ins_…`) whose users this database holds: events of another instance are refused. */
  readonly instanceId?: string | undefined
  /** Larger bodies are refused unread. In bytes; default 1 MiB, which is what Clerk's reach at most. */
  readonly maxBodyBytes?: number | undefined
  /**
   * How long a delivery may take, in ms: then it is answered with an error that says what was slow (503 for the
   * database, 500 for a hook or the body), reported, and its connection ended. Default 13000: Svix gives up after 15 s.
   */
  readonly timeoutMs?: number | undefined
  /**
   * With the adapter's table `deadLetters`: the age from which an event that is refused is parked there and answered 200,
   * in ms, by its own `timestamp`. Younger ones are answered 503, so that Clerk sends them again. Default 17 hours: the
   * last attempts come after 17.6 and 27.6.
   */
  readonly parkAfterMs?: number | undefined
  /** About how many events are parked in a minute at most; the others are answered 503. Default 20. */
  readonly parkPerMinute?: number | undefined
  /**
   * Deliveries that come while others are written are written together, in one statement: a burst takes few of them. Each
   * is answered for itself, after its own row is committed, and one that is refused costs the others nothing. On by
   * default where the adapter can: through Drizzle, Kysely and Prisma, on PostgreSQL, and on MariaDB (from 10.6 on) for
   * tables with sync columns, of what creates or updates a row without a hook. MySQL says when it is asked that it cannot,
   * and each delivery is a statement of its own. Never in Cloudflare Workers.
   *
   * Such a statement sees the `AsyncLocalStorage` of whoever called `createClerkSync`: call it outside of requests, or all
   * later ones share what the first had. `false`: each delivery is a statement of its own, such as for a client that
   * chooses its database by the request.
   */
  readonly batch?: BatchOptions | false | undefined
  /**
   * Called with the result of each delivery, before the response is sent. It must not block: the response waits for it
   * to return, and not for a promise. `parked` is `ok: true` with an `error`: done for the sender, not for you. With it, nothing is logged unless `logger` or `verbose` says so.
   */
  readonly onResult?: ((result: DeliveryResult) => void) | undefined
  /**
   * Gets one line for each delivery that failed, with its fields, and of all others with `verbose`: no payloads, no values
   * of rows. Errors of the application's own hooks and maps come with their stack, and with their message where it is the
   * application's: those of JavaScript and of databases may quote values. Default: `console`, and in Fastify the
   * request's log. `false`: nothing is logged.
   */
  readonly logger?: ClerkSyncLogger | false | undefined
  /** Logs every delivery, with its duration, its lag, and why it was ignored. Default false: failures alone. */
  readonly verbose?: boolean | undefined
}

/** What deletes do to their rows: of all tables, or per entity. */
export type OnDelete<R extends Rows> =
  | DeleteMode
  | { readonly [E in keyof R & (BareDelete | WholeDelete)]?: DeleteMode | undefined }

/**
 * @typeParam Stored - the application's row types, per entity
 * @typeParam Tx - what a hook gets to write with
 */
export interface ClerkSync<Stored extends Rows = Rows, Tx = unknown> {
  /** Types alone: never set. */
  readonly $tx?: Tx
  /** The route, for hosts that speak `Request` and `Response`. Responds as Svix expects; never rejects. */
  handler(request: Request): Promise<Response>
  /** `handler` without HTTP: never rejects. */
  receive(delivery: RawDelivery, options?: ReceiveOptions): Promise<DeliveryResult>
  /**
   * The typed event of a genuine delivery, to look at or to queue.
   * @throws ClerkSyncError
   */
  verify(delivery: RawDelivery, options?: VerifyOptions): Promise<ClerkEvent>
  /**
   * Stores an event that `verify` gave, and runs its hook. Calling it twice does no harm.
   *
   * @param options - `lastAttempt`: whether a queue gives the event up after this one. Where it is refused, and the
   * adapter has a table `deadLetters`, it is `parked` then, whatever its age. What is parked is logged and given to
   * `onResult` with its error, since nothing is thrown.
   * @throws ClerkSyncError
   */
  apply(event: ClerkEvent, options?: { readonly lastAttempt?: boolean }): Promise<Outcome>
  /**
   * Stores many events in few statements, for the consumer of a queue: as {@link apply} would, one after the other. Hooks
   * run in the order of the list, each in its own transaction, and none of it is undone by an event that fails.
   *
   * @param events - as `verify` gave them; any number, of any kinds
   * @param options - `lastAttempt`: for all, or by event, such as those that the queue has delivered often enough
   * @returns what became of each, in the order of the list; acknowledge those that are `ok`
   * @throws ClerkSyncError `config_invalid` for what is no list. An event that fails has its error in the result.
   * @example
   * ```ts
   * import type { ClerkEvent, ClerkSync } from '@clerk-sync/core'
   *
   * interface Message {
   *   readonly body: string
   *   ack(): void
   *   retry(): void
   * }
   *
   * export async function work(clerkSync: ClerkSync, messages: readonly Message[]) {
   *   const events = messages.map(({ body }): ClerkEvent => JSON.parse(body))
   *   const results = await clerkSync.applyMany(events)
   *   messages.forEach((message, n) => (results[n]?.ok ? message.ack() : message.retry()))
   * }
   * ```
   */
  applyMany(events: readonly ClerkEvent[], options?: ApplyManyOptions): Promise<readonly AppliedEvent[]>
  /** The events that were refused until the last attempts, and are kept. */
  readonly deadLetters: DeadLettersApi
  /**
   * The row with this Clerk id, and whether it is a tombstone; undefined where there is none, of a removed one too.
   * @throws ClerkSyncError
   */
  find<E extends Entity>(entity: E & WithTable<Stored, E>, key: string): Promise<FoundRow<Stored, E> | undefined>
  /**
   * Looks at the database for what would break a guarantee: missing columns, keys without a unique index and the like.
   * Writes nothing. The array is empty when all is well.
   *
   * @throws ClerkSyncError when the database does not answer
   */
  check(): Promise<readonly Problem[]>
  /** The tables, the hooks, and the event types that the endpoint must be subscribed to. Asks no database. */
  describe(): ClerkSyncDescription
  /**
   * Removes what was processed long ago from the ledger, old dead letters, and old tombstones: those in the table of
   * versions, and the deleted rows of your own tables that `deletedRows` names. It may run beside deliveries.
   *
   * @example
   * ```ts
   * import type { ClerkSync } from '@clerk-sync/core'
   *
   * const DAY_MS = 86_400_000
   * export const prune = (clerkSync: ClerkSync) =>
   *   clerkSync.prune({ olderThan: new Date(Date.now() - 100 * DAY_MS), deletedRows: ['user'] })
   * ```
   * @throws ClerkSyncError `config_invalid` for a time that is too young, for entities without a table or whose erased
   * rows have their versions beside them, and for a `dryRun` of an adapter that cannot count; `store_failed` where the database does not answer, or does not let the role delete
   */
  prune(options: PruneOptions): Promise<PruneResult>
  /**
   * For a process that is to stop, before its connections are closed. What is being written is finished: deliveries, events
   * that are applied, an {@link applyMany} to the end of its list, dead letters that are retried or dropped. A backfill, a
   * reconcile and all else that reads from Clerk ends after the statement under way, and rejects with `closed`: what was
   * written stays, and a checkpoint says where to go on. {@link prune} resolves with what it has removed until then.
   *
   * What of all this is called later is refused with `closed`, a delivery with 503: Clerk sends it again. `verify`, `find`,
   * `check`, `describe` and `deadLetters.list` write nothing: they are not refused, and not waited for.
   *
   * @returns a promise that resolves when all of it has ended
   */
  close(): Promise<void>
}

/** Refuses, when compiled, an entity whose table the adapter was not given. */
export type WithTable<Stored extends Rows, E extends Entity> = E extends keyof Stored
  ? unknown
  : ClerkSyncTypeError<`The adapter was given no table for "${E}"`>

export interface FoundRow<Stored extends Rows, E extends Entity> {
  readonly row: NonNullable<Stored[E]>
  /** Whether it is a tombstone. */
  readonly deleted: boolean
  /** Whether an event or a read has reached it; false for a row that the application inserted itself. */
  readonly synced: boolean
}
