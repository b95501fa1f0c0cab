import type { ApplyManyParts } from './apply-many.ts'
import { storesOf } from './batching/stores.ts'
import { createDeadLetters } from './dead-letters/create-dead-letters.ts'
import type { Delivered } from './dead-letters/parts.ts'
import { mayBeKept } from './dead-letters/what-is-parked.ts'
import { applyChange, findRow } from './delivery/apply-change.ts'
import { buildChange, whyIgnored } from './delivery/build-change.ts'
import { checkStore } from './delivery/check-store.ts'
import { Deadline, within } from './delivery/deadline.ts'
import { type DeliveryResult, timesOf } from './delivery/delivery-result.ts'
import { explained } from './delivery/explained.ts'
import { lateHook } from './delivery/hook-run.ts'
import { checkEvent, parseEvent } from './delivery/parse-event.ts'
import { queueDelivery, type VerifyOptions } from './delivery/queue-delivery.ts'
import type { RawDelivery } from './delivery/raw-delivery.ts'
import { bodyTooSlow, readBody, readHeaders } from './delivery/read-request.ts'
import { reportResult } from './delivery/report-result.ts'
import { readSignatureHeaders, verifySignature } from './delivery/verify-signature.ts'
import { describe } from './describe.ts'
import type { ClerkEvent } from './entities/clerk-event.ts'
import { asClerkSyncError } from './errors.ts'
import { toFetchHandler } from './hosts/fetch.ts'
import { InFlight } from './in-flight.ts'
import type { MapOption, MappedRows } from './mapping/map-option.ts'
import type { AppliedOutcome, Change, Entity, Rows } from './port/sync-adapter.ts'
import { joined } from './port/until-aborted.ts'
import { resolveOptions } from './resolve-options.ts'
import { type StoreAccess, withStoreAccess } from './store-access.ts'
import type { ClerkSync, ClerkSyncOptions, FoundRow } from './types.ts'

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
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {}, imageUrl: {} } } }) })
 *
 * export const POST = clerkSync.handler
 * ```
 * @throws ClerkSyncError `config_invalid` for a malformed secret, and for what the schema shows cannot work. A missing
 * secret does not throw here, since builds evaluate route modules without one: the first delivery answers 500.
 */
export function createClerkSync<R extends Rows, Tx, HookResult, M extends MappedRows<R>, Stored extends Rows>(
  options: ClerkSyncOptions<R, Tx, HookResult, Stored> & MapOption<R, M>,
): ClerkSync<Stored, Tx> {
  const {
    adapter,
    secrets,
    mappings,
    hooks,
    instanceId,
    maxBodyBytes,
    timeoutMs,
    reporting,
    linker,
    linkedColumn,
    batch,
    ...parking
  } = resolveOptions(options)

  const inFlight = new InFlight()
  const { alone, together } = storesOf(adapter, batch)

  async function verify(delivery: RawDelivery, deadline: Deadline, options?: VerifyOptions) {
    const known = secrets()
    const headers = readSignatureHeaders(readHeaders(delivery, maxBodyBytes), options)
    const body = await deadline.race(readBody(delivery, maxBodyBytes), bodyTooSlow)
    verifySignature(body, headers, known, options)
    return { event: parseEvent(body, headers.id, instanceId), signed: { ...headers, body } }
  }

  async function store(event: ClerkEvent, deadline: Deadline): Promise<AppliedOutcome> {
    const change = buildChange(event, mappings.given)
    const links = change?.kind === 'upsert' && change.entity === 'user' ? linker() : undefined
    const apply = (one?: Change) => applyChange(links ? alone : together, event, one, hooks.get(event.type), deadline)
    try {
      if (!links || change?.kind !== 'upsert') return await apply(change)
      return await (await links).write(event.data, change, apply, deadline)
    } catch (error) {
      throw await explained(adapter, error, change?.entity, deadline)
    }
  }

  const deadLetters = createDeadLetters(
    {
      ...parking,
      adapter,
      store: adapter.deadLetters,
      modeOf: (entity) => mappings.given[entity]?.mode,
      hasHook: (type) => hooks.has(type),
      apply: store,
      runHook: (event, late, deadline) =>
        applyChange(alone, event, undefined, lateHook(hooks.get(event.type), late), deadline),
    },
    timeoutMs,
  )

  const receive: StoreAccess['receive'] = async (delivery, { queue } = {}, onVerified) => {
    let event: ClerkEvent | undefined
    let result: DeliveryResult
    const began = performance.now()
    const deadline = new Deadline(timeoutMs)
    try {
      inFlight.demandOpen('The delivery was not processed')
      const verified = await verify(delivery, deadline)
      event = verified.event
      await onVerified?.(event)
      const queued = queue && mayBeKept(event) && (await queueDelivery(queue, verified.signed, deadline))
      const { outcome, error } = queued || (await deadLetters.deliver(event, deadline, false))
      const accepted = { ok: true, status: 200, event, ...timesOf(began, event) } as const
      if (error) result = { ...accepted, outcome, error }
      else if (outcome === 'ignored') result = { ...accepted, outcome, reason: whyIgnored(event) }
      else result = { ...accepted, outcome }
    } catch (thrown) {
      const error = asClerkSyncError(thrown, 'store_failed', 'The delivery failed in a way that is not expected.')
      result = { ok: false, status: error.status, error, event, ...timesOf(began, event) }
    } finally {
      deadline.end()
    }
    reportResult(reporting, result, delivery.logger)
    return result
  }

  const receiving: StoreAccess['receive'] = (...given) => inFlight.run(() => receive(...given))

  /** For callers that are given an outcome: why an event was parked, nobody else says. */
  async function deliver(
    event: ClerkEvent,
    deadline: Deadline,
    isLast: (one: ClerkEvent) => boolean,
  ): Promise<Delivered> {
    checkEvent(event)
    const began = performance.now()
    const delivered = await deadLetters.deliver(event, deadline, isLast(event))
    if (delivered.error) {
      const result = { ok: true, status: 200, event, ...timesOf(began, event), ...delivered } as const
      reportResult(reporting, result, undefined)
    }
    return delivered
  }

  const applyOne = (event: ClerkEvent, lastAttempt: boolean): Promise<Delivered> =>
    inFlight.runIfOpen('The event was not applied', () =>
      within(timeoutMs, (deadline) => deliver(event, deadline, () => lastAttempt)),
    )

  const many: ApplyManyParts = {
    adapter,
    timeoutMs,
    deliver,
    hasHook: (type) => hooks.has(type),
    changeOf: (event) => {
      checkEvent(event)
      return buildChange(event, mappings.given)
    },
    isLinking: () => linker() !== undefined,
    settle: deadLetters.settle,
  }

  const clerkSync: ClerkSync<Stored, Tx> = {
    handler: toFetchHandler({ receive: receiving }),
    receive: receiving,
    verify: async (delivery, given) => (await within(timeoutMs, (deadline) => verify(delivery, deadline, given))).event,
    apply: async (event, { lastAttempt = false } = {}) => (await applyOne(event, lastAttempt)).outcome,
    applyMany: (events, manyOptions) =>
      inFlight.runIfOpen('The events were not applied', async () =>
        (await import('./apply-many.ts')).applyMany(many, events, manyOptions),
      ),
    deadLetters: {
      ...deadLetters.api,
      retry: (id) => inFlight.runIfOpen('The event was not retried', () => deadLetters.api.retry(id)),
      drop: (id) => inFlight.runIfOpen('The event was not dropped', () => deadLetters.api.drop(id)),
    },
    async find<E extends Entity>(entity: E, key: string) {
      mappings.of(entity)
      // Untyped in the port, so that an adapter's own types say what its ORM gives.
      const found = await findRow(adapter, entity, key)
      return found?.row && (found as FoundRow<Stored, E>)
    },
    check: () => checkStore(adapter, mappings.given, timeoutMs, linkedColumn),
    describe: () => describe({ adapter, mappings: mappings.given, hooks, instanceId }),
    prune: (pruneOptions) =>
      inFlight.runUntilClosed('prune', async (closing) => {
        const { prune } = await import('./prune.ts')
        const options = { ...pruneOptions, signal: joined(pruneOptions?.signal, closing) }
        return prune(adapter, options, mappings.given)
      }),
    close: () => inFlight.close(),
  }
  return withStoreAccess(clerkSync, {
    adapter,
    mappings,
    instanceId,
    secrets,
    linker,
    receive: receiving,
    applyOne,
    runUntilClosed: (name, work) => inFlight.runUntilClosed(name, work),
  })
}
