import type { Entity, Outcome, Problem, Rows, SyncAdapter, TableInfo, UpsertOutcome } from './adapter.ts'
import { type AnyHook, applyChange, applyRead, findRow } from './apply.ts'
import { changeOf, changeOfRead, type Mappings, type Snapshot } from './change.ts'
import type { ClerkEvent } from './clerk-event.ts'
import { lostBody, MAX_BODY_BYTES, type RawDelivery } from './delivery.ts'
import { asClerkSyncError, ClerkSyncError } from './errors.ts'
import { parseEvent } from './event.ts'
import type { Hooks } from './hooks.ts'
import type { MapOption, MappedRows } from './map-option.ts'
import { deletedMapOf, type Mapping, resolveMapping } from './mapping.ts'
import { reportFailure } from './report.ts'
import { dropRest, readDelivery, uncancelled } from './request.ts'
import { responseTo } from './response.ts'
import type { DeliveryResult } from './result.ts'
import { parseSecrets, type Secrets, verifySignature } from './verify.ts'

const READ_BEFORE =
  "The request's body was read before. Pass the request on unread, or a request.clone() made before reading."

export interface Options<R extends Rows, Tx, HookResult, Stored extends Rows = Rows> {
  /** Where to: `drizzleAdapter(db, { users, … })`, or another. */
  readonly adapter: SyncAdapter<R, Tx, HookResult, Stored>
  /**
   * The endpoint's signing secret, `whsec_…`; several while one is rotated.
   * Default: the environment's `CLERK_WEBHOOK_SIGNING_SECRET`.
   */
  readonly signingSecret?: string | readonly string[] | undefined
  /** What to run with which event. Needs the adapter's ledger table. */
  readonly on?: Hooks<NoInfer<Tx>, NoInfer<HookResult>> | undefined
  /** `erase` (default): a deleted row keeps its id and loses what was mapped. `keep`: it keeps its values. */
  readonly onDelete?: 'erase' | 'keep' | undefined
  /** The Clerk instance (`ins_…`) whose users this database holds; events that name another are refused. */
  readonly instanceId?: string | undefined
  /** Larger bodies are refused unread. In bytes; default 1 MiB, which is what Clerk's reach at most. */
  readonly maxBodyBytes?: number | undefined
  /**
   * Called with what became of each delivery, before the answer leaves. Default: failures go to `console.error`,
   * without payloads. Do not wait in it.
   */
  readonly onResult?: ((result: DeliveryResult) => void) | undefined
}

/** @typeParam Stored - the application's row types, per entity */
export interface ClerkSync<Stored extends Rows = Rows> {
  /** The route: answers as Svix expects, never rejects. */
  handler(request: Request): Promise<Response>
  /** `handler` without HTTP: never rejects. */
  receive(delivery: RawDelivery): Promise<DeliveryResult>
  /**
   * The typed event of a genuine delivery, to look at or to queue.
   * @throws ClerkSyncError
   */
  verify(delivery: RawDelivery): Promise<ClerkEvent>
  /**
   * Stores an event that `verify` gave, and runs its hook. Calling it twice does no harm.
   * @throws ClerkSyncError
   */
  apply(event: ClerkEvent): Promise<Outcome>
  /**
   * Stores what was read from Clerk's Backend API, under the same guard as a delivery. It is no event: no hook runs.
   *
   * @param snapshot - the JSON as the API gives it, `user.raw` of `@clerk/backend`
   * @param sentAt - when the request was sent, in ms since 1970
   * @throws ClerkSyncError
   */
  storeRead(entity: Entity, snapshot: Snapshot, sentAt: number): Promise<UpsertOutcome>
  /**
   * The row with this Clerk id, and whether it is a tombstone.
   * @throws ClerkSyncError
   */
  find<E extends Entity>(entity: E, key: string): Promise<FoundRow<Stored, E> | undefined>
  /** Looks at the database for what would break a guarantee. Nothing found is an empty array. */
  check(): Promise<readonly Problem[]>
}

export interface FoundRow<Stored extends Rows, E extends Entity> {
  readonly row: NonNullable<Stored[E]>
  /** Whether it is a tombstone. */
  readonly deleted: boolean
  /** Whether an event or a read has reached it; false for a row that the application inserted itself. */
  readonly synced: boolean
}

/**
 * Keeps your tables equal to what Clerk has, from webhooks: verified, in any order, any number of times.
 *
 * Creating one does no I/O and is cheap enough to do per request.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ user: { columns: { email: {}, imageUrl: {} } } }) })
 *
 * export const POST = clerkSync.handler
 * ```
 * @throws ClerkSyncError `config_invalid` for a malformed secret, and for what the schema shows cannot work. A missing
 * secret does not throw here, since builds evaluate route modules without one: the first delivery answers 500.
 */
export function createClerkSync<R extends Rows, Tx, HookResult, M extends MappedRows<R>, Stored extends Rows>(
  options: Options<R, Tx, HookResult, Stored> & MapOption<R, M>,
): ClerkSync<Stored> {
  const { adapter, instanceId, onDelete = 'erase', maxBodyBytes = MAX_BODY_BYTES, onResult = reportFailure } = options
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes <= 0) {
    throw new ClerkSyncError('config_invalid', 'maxBodyBytes must be a positive whole number of bytes.')
  }
  if (instanceId !== undefined && !/^ins_\w+$/.test(instanceId)) {
    throw new ClerkSyncError(
      'config_invalid',
      'instanceId must be what Clerk calls the instance, ins_…, or be left out.',
    )
  }
  const secrets = readSecrets(options.signingSecret)
  const mappings = resolveMappings(adapter.tables, options.map ?? {}, onDelete)
  const hooks = resolveHooks(adapter, options.on ?? {})

  async function verify(delivery: RawDelivery): Promise<ClerkEvent> {
    const read = await readDelivery(delivery, maxBodyBytes)
    const messageId = verifySignature(read, secrets())
    return parseEvent(read.body, messageId, instanceId)
  }

  async function apply(event: ClerkEvent): Promise<Outcome> {
    const change = changeOf(event, mappings, onDelete)
    return applyChange(adapter as SyncAdapter, event, change, hooks.get(event.type))
  }

  function mappingOf(entity: Entity): Mapping {
    const mapping = mappings[entity]
    if (mapping) return mapping
    throw new ClerkSyncError('config_invalid', `${adapter.name} was given no table for ${entity}.`)
  }

  async function deliver(delivery: RawDelivery): Promise<DeliveryResult> {
    let event: ClerkEvent | undefined
    try {
      event = await verify(delivery)
      return { ok: true, status: 200, outcome: await apply(event), event }
    } catch (thrown) {
      const error = asClerkSyncError(thrown, 'store_failed', 'The delivery failed in a way that is not expected.')
      return { ok: false, status: error.status, error, event }
    }
  }

  async function receive(delivery: RawDelivery): Promise<DeliveryResult> {
    const result = await deliver(delivery)
    observe(onResult, result)
    return result
  }

  return {
    async handler({ method, headers, body, bodyUsed }) {
      const unread = body && uncancelled(body)
      const result = await receive({ method, headers, body: bodyUsed ? lostBody(READ_BEFORE) : unread })
      // Fails when somebody else reads it, or the sender has gone: there is nothing to drop then.
      if (body && !result.ok) await dropRest(body).catch(() => {})
      return responseTo(result)
    },
    receive,
    verify,
    apply,
    storeRead: async (entity, snapshot, sentAt) =>
      applyRead(adapter as SyncAdapter, changeOfRead(entity, snapshot, sentAt, mappingOf(entity))),
    async find<E extends Entity>(entity: E, key: string) {
      mappingOf(entity)
      // Untyped in the port, so that an adapter's own types say what its ORM gives.
      return (await findRow(adapter as SyncAdapter, entity, key)) as FoundRow<Stored, E> | undefined
    },
    check: () => adapter.check(),
  }
}

/** The row is committed or refused by now: an observer's trouble must neither change the answer nor end the process. */
function observe(onResult: (result: DeliveryResult) => unknown, result: DeliveryResult): void {
  const failed = (error: unknown) => console.error('clerk-sync: onResult threw', error)
  try {
    Promise.resolve(onResult(result)).catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** Given or from the environment, now if it is there, otherwise with the first delivery. */
function readSecrets(given: string | readonly string[] | undefined): () => Secrets {
  const find = () => given ?? globalThis.process?.env.CLERK_WEBHOOK_SIGNING_SECRET
  const now = find()
  let secrets = now ? parseSecrets(now) : undefined
  return () => {
    const later = secrets ? undefined : find()
    if (later) secrets = parseSecrets(later)
    if (secrets) return secrets
    throw new ClerkSyncError(
      'config_invalid',
      'There is no signing secret: set CLERK_WEBHOOK_SIGNING_SECRET, or pass signingSecret. It is shown at the ' +
        'endpoint in the Clerk Dashboard (Webhooks).',
    )
  }
}

function resolveMappings(tables: SyncAdapter['tables'], maps: object, onDelete: 'erase' | 'keep'): Mappings {
  const entries = Object.entries(tables) as [Entity, TableInfo][]
  const names = new Set(entries.flatMap(([entity]) => [entity, deletedMapOf(entity)]))
  for (const name of Object.keys(maps)) {
    if (names.has(name)) continue
    throw new ClerkSyncError(
      'config_invalid',
      `map.${name} is for no table that the adapter was given. It could be: ${[...names].join(', ') || 'none'}.`,
    )
  }
  return Object.fromEntries(
    entries.map(([entity, table]) => [
      entity,
      resolveMapping(entity, table, maps as Record<string, unknown>, onDelete),
    ]),
  )
}

function resolveHooks(adapter: { name: string; ledger: boolean }, on: object): ReadonlyMap<string, AnyHook> {
  const hooks = new Map(Object.entries(on).filter(([, hook]) => hook !== undefined)) as Map<string, AnyHook>
  if (hooks.size > 0 && !adapter.ledger) {
    throw new ClerkSyncError(
      'config_invalid',
      `Hooks need the ledger table, so that each message runs its hook once: pass the events table to ${adapter.name}.`,
    )
  }
  return hooks
}
