import { ClerkSyncError } from '../errors.ts'
import type { Rows } from '../port/sync-adapter.ts'
import { type StoreAccess, storeAccessOf } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'
import { DriftWriter } from './drift-writer.ts'
import { ForwardWalk } from './forward-walk.ts'
import { demandKnownIds, instanceOf } from './instance.ts'
import { SETTLE_MS } from './read-change.ts'
import { removeAbsent } from './remove-absent.ts'
import { RUN_OPTIONS, Run } from './run.ts'
import type { ReconcileOptions, ReconcileResult } from './types.ts'
import { Unlinked } from './unlinked.ts'

const OPTIONS = [
  ...RUN_OPTIONS,
  'dryRun',
  'maxDeletes',
  'settleMs',
  'graceMs',
  'onDrift',
] as const satisfies readonly (keyof ReconcileOptions)[]

const GRACE_MS = 300_000

/**
 * Compares the tables with what Clerk has, reports what differs, and mends it: what is missing or stale is written, and what
 * Clerk does not have any more is deleted as its event would have done, once its absence is proven. All of it under the
 * guard of deliveries, so it may run on a schedule, beside deliveries, and beside another one.
 *
 * What it deletes is seldom much: a run that would delete more of an entity than `maxDeletes` deletes none of it, and is not
 * `ok`. Nor is one whose list is not read whole: `incomplete` names the entity, and nothing of it is deleted. An answer that
 * is no list of Clerk's ends the run.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { reconcile } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export async function nightly(): Promise<void> {
 *   const { ok, drift } = await reconcile(clerkSync, {
 *     onDrift: ({ kind, entity, id, pending }) => {
 *       if (!pending) console.warn(`An event was lost: ${kind} ${entity} ${id}`)
 *     },
 *   })
 *   console.log(ok, drift)
 * }
 * ```
 * @throws ClerkSyncError `config_invalid` for options that cannot be, and a key that Clerk refuses; `instance_mismatch` for a
 * key of another instance; `clerk_unavailable` when Clerk does not answer, or not with what is Clerk's; `store_failed` when
 * the database does not; `closed` when `clerkSync.close()` is called. Nothing more is deleted then, and what was written stays.
 */
export async function reconcile<Stored extends Rows, Tx>(
  clerkSync: ClerkSync<Stored, Tx>,
  options: ReconcileOptions<Tx, Stored> = {},
): Promise<ReconcileResult> {
  const access = storeAccessOf('reconcile(clerkSync)', clerkSync)
  // The adapter's own transaction and rows are what onDrift is given; from here on nobody needs to know their types.
  const given = options as unknown as ReconcileOptions
  return access.runUntilClosed('reconcile', (closing) => compare(access, given, closing))
}

async function compare(access: StoreAccess, options: ReconcileOptions, closing: AbortSignal): Promise<ReconcileResult> {
  const run = new Run('reconcile', access, options, { known: OPTIONS, stepsPerEntity: 2 }, closing)
  const { dryRun = false, settleMs = SETTLE_MS, graceMs = GRACE_MS, maxDeletes, onDrift } = options
  demandWhole({ settleMs, graceMs, ...(maxDeletes !== undefined && { maxDeletes }) })
  if (onDrift && !run.access.adapter.ledger) {
    throw invalid(
      `onDrift needs the ledger table, so that it is called once: ${run.access.adapter.name} was given none.`,
    )
  }
  await instanceOf(run.api, run.access, options)
  if (run.access.instanceId === undefined) await demandKnownIds(run)
  await run.countUnlinked()
  const writer = new DriftWriter(run, { ...options, dryRun } as ReconcileOptions)
  const unlinked = new Unlinked(run, writer)
  const forward = new ForwardWalk(run, writer, unlinked, graceMs)
  for (const entity of run.entities) await forward.read(entity)
  const tooManyDeletes = await removeAbsent(run, forward, writer, { settleMs, graceMs, maxDeletes })
  await writer.finish()
  unlinked.finish()
  const result = run.result(run.entities.filter((entity) => !forward.seenOf(entity).complete))
  const ok = result.ok && tooManyDeletes.length === 0 && !writer.isLeft && !(dryRun && writer.drifts.length > 0)
  return { ...result, ok, dryRun, drift: writer.counts, drifts: writer.drifts, tooManyDeletes }
}

function demandWhole(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= 0) continue
    throw invalid(`${name} must be a whole number${name === 'maxDeletes' ? '' : ' of milliseconds'}, 0 or more.`)
  }
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `reconcile: ${message}`)
}
