import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError, chainOf, type ErrorCode } from '../errors.ts'
import { databaseFault } from '../port/database-fault.ts'
import type {
  Change,
  Entity,
  EventRef,
  Found,
  Outcome,
  SyncAdapter,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'

/** A hook as the steps see it: its type was checked where it was given. */
export type AnyHook = (context: { event: ClerkEvent; outcome: WriteOutcome; tx: unknown }) => unknown

/**
 * Stores a change and runs the hook. Without a hook that is one guarded write, and no ledger.
 *
 * @throws ClerkSyncError `hook_failed`, `unique_conflict`, `reference_missing` or `store_failed`.
 */
export async function applyChange(
  adapter: SyncAdapter,
  event: ClerkEvent,
  change: Change | undefined,
  hook: AnyHook | undefined,
): Promise<Outcome> {
  if (!change && !hook) return 'ignored'
  const thrown: { error?: unknown } = {}
  try {
    if (hook)
      return await adapter.once(refOf(event), change, (tx, outcome) => run(hook, { event, outcome, tx }, thrown))
    if (change?.kind === 'upsert') return await adapter.upsert(change)
    return await adapter.softDelete(change as Extract<Change, { kind: 'delete' }>)
  } catch (error) {
    // Not what the hook of an earlier attempt threw: that may be over, and something else the trouble.
    const byHook = Object.hasOwn(thrown, 'error') && [...chainOf(error)].includes(thrown.error)
    if (byHook) throw hookFailed(event, thrown.error)
    const what = change ? `${event.type} for ${change.key}` : event.type
    throw named(adapter, error, `${what} was not stored`, 'The event is sent again.')
  }
}

/**
 * Stores what was read from the Backend API. No event, so no hook.
 *
 * @throws ClerkSyncError `unique_conflict`, `reference_missing` or `store_failed`.
 */
export async function applyRead(adapter: SyncAdapter, change: Upsert): Promise<UpsertOutcome> {
  try {
    return await adapter.upsert(change)
  } catch (error) {
    throw named(adapter, error, `${change.key}, as read from Clerk, was not stored`, 'Trying again may help.')
  }
}

/** @throws ClerkSyncError `store_failed`. */
export async function findRow(adapter: SyncAdapter, entity: Entity, key: string): Promise<Found | undefined> {
  try {
    return await adapter.find(entity, key)
  } catch (error) {
    throw named(adapter, error, `The row of ${key} was not read`, 'Trying again may help.')
  }
}

function refOf(event: ClerkEvent): EventRef {
  const id: unknown = Reflect.get(event.data, 'id')
  return {
    id: event.id,
    type: event.type,
    entityId: typeof id === 'string' ? id : null,
    occurredAt: new Date(event.timestamp),
  }
}

/** Remembers what the hook threw last, to tell it from what the database threw. */
function run(hook: AnyHook, context: Parameters<AnyHook>[0], thrown: { error?: unknown }): unknown {
  const remember = (error: unknown): never => {
    thrown.error = error
    throw error
  }
  try {
    const result = hook(context)
    if (result instanceof Promise) return result.catch(remember)
    return isThenable(result) ? whenAwaited(result, remember) : result
  } catch (error) {
    return remember(error)
  }
}

/** Leaves a query builder alone until it is awaited: a synchronous driver refuses it, and then it must not run. */
function whenAwaited(result: PromiseLike<unknown>, remember: (error: unknown) => never): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a thenable in place of a thenable
    then: (fulfilled, rejected) => Promise.resolve(result).catch(remember).then(fulfilled, rejected),
  }
}

/** A query builder that runs when it is awaited is a thenable too. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function hookFailed(event: ClerkEvent, cause: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'hook_failed',
    `The hook for ${event.type} threw, and Clerk will send the event again. Nothing of its transaction was kept; where ` +
      'the driver has no transactions, the row was.',
    { cause },
  )
}

const explanations: Readonly<Partial<Record<ErrorCode, string>>> = {
  unique_conflict:
    'another row has one of its unique values. Nothing was written. The two rows are in conflict in Clerk as well, or ' +
    "the other row's change is still on its way.",
  reference_missing:
    'a foreign key refers to a row that is not there (yet): events arrive in any order. To store it at once, drop the ' +
    'foreign key from the synced table.',
  store_failed:
    'the database refused it or is away. Nothing was written. Whether the tables fit, clerkSync.check() tells.',
}

function named(adapter: SyncAdapter, cause: unknown, what: string, next: string): ClerkSyncError {
  if (ClerkSyncError.is(cause)) return cause
  const fault = adapter.faultOf?.(cause) ?? databaseFault(cause)
  const code = fault === undefined || fault === 'transient' ? 'store_failed' : fault
  return new ClerkSyncError(code, `${what}: ${explanations[code]} ${next}`, { cause })
}
