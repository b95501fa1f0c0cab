import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import { isClerkId } from '../port/clerk-id.ts'
import type { Store } from '../port/store.ts'
import type {
  AppliedOutcome,
  Change,
  Entity,
  EventRef,
  Found,
  SyncAdapter,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import type { Deadline } from './deadline.ts'
import { type AnyHook, HookRun } from './hook-run.ts'
import { storeFailure } from './store-failure.ts'

/**
 * Stores a change and runs the hook. Without a hook that is one guarded write, and no ledger.
 *
 * @throws ClerkSyncError `hook_failed`, `unique_conflict`, `reference_missing` or `store_failed`.
 */
export async function applyChange(
  store: Store,
  event: ClerkEvent,
  change: Change | undefined,
  hook: AnyHook | undefined,
  deadline: Deadline,
): Promise<AppliedOutcome> {
  if (!change && !hook) return 'ignored'
  const hookRun = hook && new HookRun(hook, event)
  const what = change ? `${event.type} for ${change.key}` : event.type
  try {
    return await deadline.race(write(store, event, change, hookRun, deadline.signal), (seconds) =>
      hookRun?.running ? hookRun.tooSlow(seconds) : databaseTooSlow(what, seconds),
    )
  } catch (error) {
    throw hookRun?.failure(error) ?? storeFailure(store.adapter, error, `${what} was not stored`, '', change)
  }
}

async function write(
  { adapter, upsert }: Store,
  event: ClerkEvent,
  change: Change | undefined,
  hookRun: HookRun | undefined,
  signal: AbortSignal,
): Promise<AppliedOutcome> {
  if (hookRun) {
    const hook = (tx: unknown, outcome: WriteOutcome, before: object | undefined) => {
      // Its transaction waited too long: the delivery has its answer, and is sent again.
      signal.throwIfAborted()
      return hookRun.call(tx, outcome, before)
    }
    return adapter.once(refOf(event), change, hook, { signal, before: hookRun.wantsBefore })
  }
  if (change?.kind === 'upsert') return upsert(change, { signal })
  return adapter.softDelete(change as Extract<Change, { kind: 'delete' }>, { signal })
}

function databaseTooSlow(what: string, seconds: number): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${what} was not known to be stored after ${seconds} s: the database does not answer, or something holds a lock on ` +
      'the row.',
  )
}

/** @throws ClerkSyncError `store_failed`. */
export async function findRow(adapter: SyncAdapter, entity: Entity, key: string): Promise<Found | undefined> {
  try {
    return await adapter.find(entity, key)
  } catch (error) {
    throw storeFailure(adapter, error, `The row of ${key} was not read`, 'Trying again may help.')
  }
}

/** @throws ClerkSyncError `payload_invalid` for a message id that the ledger could not hold as it is. */
function refOf(event: ClerkEvent): EventRef {
  if (!isClerkId(event.id)) {
    throw new ClerkSyncError(
      'payload_invalid',
      "An event's id must be the svix-id: up to 255 printable ASCII characters. It tells a hook's event from a duplicate, " +
        'so it is stored as it is or not at all.',
    )
  }
  const id: unknown = Reflect.get(event.data, 'id')
  return {
    id: event.id,
    type: event.type,
    entityId: isClerkId(id) ? id : null,
    occurredAt: new Date(event.timestamp),
  }
}
