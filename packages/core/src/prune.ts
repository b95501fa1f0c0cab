import { storeFailure } from './delivery/store-failure.ts'
import { ClerkSyncError } from './errors.ts'
import { checkOptions } from './port/check-options.ts'
import type { DeadLetterStore } from './port/dead-letters.ts'
import { prop } from './port/prop.ts'
import type { Entity, SyncAdapter } from './port/sync-adapter.ts'
import { NEXT, type PrunedMappings, type PruneFailure, prunedEntities, pruneTombstones } from './prune-tombstones.ts'

export type { PruneFailure } from './prune-tombstones.ts'

export interface PruneOptions {
  /** What was processed before goes; of dead letters, those that were parked before; of tombstones, those deleted before. */
  readonly olderThan: Date
  /**
   * Of these entities, the rows of your tables that a delete has erased or kept go as well: `['user']`. Foreign keys act as
   * you declared them. Without it, rows of your tables stay, and the tombstones in the table of versions alone go. Refused
   * for a table whose versions are beside it and whose `onDelete` is `erase`: delete such rows yourself, and the next prune
   * takes their tombstones.
   */
  readonly deletedRows?: readonly Entity[] | undefined
  /**
   * Svix can send a message again for 90 days: one that was forgotten would run its hook again, and bring a user back whose
   * tombstone is gone. So `olderThan` must lie before that, unless this is true. Ten minutes are demanded in any case,
   * within which a captured request is still valid.
   */
  readonly force?: boolean | undefined
  /** Counts what would go, of any age, and removes nothing. */
  readonly dryRun?: boolean | undefined
  /** Once it is aborted, prune ends after the statement under way, and counts what was removed until then. */
  readonly signal?: AbortSignal | undefined
  /** Called after each step, also one that removed nothing, with what was removed until then. */
  readonly onProgress?: ((result: PruneResult) => void) | undefined
}

/** How many were removed, or would be. */
export interface PruneResult {
  /** From the ledger. */
  readonly events: number
  readonly deadLetters: number
  /** By entity, of those that were looked at: `{ user: 12 }`. */
  readonly tombstones: { readonly [E in Entity]?: number }
  /** Deleted rows that stay, for one table each. They did not stop the others. */
  readonly failures: readonly PruneFailure[]
}

const DAY_MS = 86_400_000
/** By hand, in Svix' dashboard: https://docs.svix.com/retries */
const RESENDABLE_MS = 90 * DAY_MS
/** Twice the tolerance of a signature. */
const VALID_MS = 600_000
const LETTERS_AT_ONCE = 200
const LETTERS_COUNTED = 10_000

/**
 * @throws ClerkSyncError `config_invalid` for a time that is none, or too young, and for entities without a table or whose deleted
 * rows prune does not remove; `store_failed` where the database fails.
 */
export async function prune(
  adapter: SyncAdapter,
  options: PruneOptions,
  mappings: PrunedMappings,
): Promise<PruneResult> {
  const known = ['olderThan', 'deletedRows', 'force', 'dryRun', 'signal', 'onProgress'] as const
  checkOptions('prune', options, known, { before: 'olderThan', olderThanMs: 'olderThan' })
  const { olderThan, force = false, dryRun = false, signal, onProgress } = options
  if (!(olderThan instanceof Date) || Number.isNaN(olderThan.getTime())) {
    throw invalid('olderThan must be a Date, such as new Date(Date.now() - 100 * 86_400_000).')
  }
  const entities = prunedEntities(adapter, options.deletedRows, mappings)
  if (!dryRun) checkAge(Date.now() - olderThan.getTime(), force)

  let result: PruneResult = { events: 0, deadLetters: 0, tombstones: {}, failures: [] }
  const add = (removed: Partial<PruneResult>) => {
    result = { ...result, ...removed }
    onProgress?.(result)
  }
  const addTombstones = (entity: Entity, more: number) =>
    add({ tombstones: { ...result.tombstones, [entity]: (result.tombstones[entity] ?? 0) + more } })

  if (dryRun) add(await count(adapter, olderThan))
  else {
    if (adapter.ledger && !signal?.aborted) add({ events: await removedEvents(adapter, olderThan, signal) })
    await pruneLetters(adapter, olderThan, signal, () => add({ deadLetters: result.deadLetters + 1 }))
  }
  const { tombstones: store } = adapter
  const run = { before: olderThan, dryRun, signal, onRemoved: addTombstones }
  for (const entity of entities) {
    if (!store || signal?.aborted) break
    addTombstones(entity, 0)
    const failure = await pruneTombstones(adapter, store, entity, run)
    if (failure) add({ failures: [...result.failures, failure] })
  }
  return result
}

function checkAge(age: number, force: boolean): void {
  if (age < VALID_MS)
    throw invalid('olderThan must lie ten minutes back: a request that was captured is valid as long.')
  if (age >= RESENDABLE_MS || force) return
  throw invalid(
    'olderThan must lie 90 days back: Svix can send a message again for so long. One that the ledger has forgotten runs its ' +
      'hook again, and one about a user whose tombstone is gone brings the user back. If you never resend, and your hooks ' +
      'bear it, pass force: true.',
  )
}

function removedEvents(adapter: SyncAdapter, olderThan: Date, signal: AbortSignal | undefined): Promise<number> {
  return named(adapter, 'Old messages were not removed from the ledger', () =>
    adapter.prune(olderThan, { ...(signal && { signal }) }),
  )
}

/** An error that a caller can tell by its code, and that says what failed. */
async function named<T>(adapter: SyncAdapter, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storeFailure(adapter, error, what, NEXT)
  }
}

const lettersOf = (adapter: SyncAdapter, store: DeadLetterStore, most: number) =>
  named(adapter, 'The dead letters were not read', () => store.find('all', most))

async function count(adapter: SyncAdapter, olderThan: Date) {
  const { name, ledger, deadLetters, countEvents } = adapter
  if (ledger && !countEvents) throw invalid(`${name} cannot count what is in its ledger: dryRun is not for it.`)
  const countOld = () => countEvents?.(olderThan) ?? Promise.resolve(0)
  const events = ledger ? await named(adapter, 'Old messages of the ledger were not counted', countOld) : 0
  // They come the oldest first, so that more than are looked at are at least as many.
  const letters = deadLetters ? await lettersOf(adapter, deadLetters, LETTERS_COUNTED) : []
  return { events, deadLetters: letters.filter(({ payload }) => isOlder(payload, olderThan)).length }
}

/** The oldest first, some at a time. */
async function pruneLetters(
  adapter: SyncAdapter,
  olderThan: Date,
  signal: AbortSignal | undefined,
  onDropped: () => void,
): Promise<void> {
  const { deadLetters } = adapter
  while (deadLetters && !signal?.aborted) {
    const letters = await lettersOf(adapter, deadLetters, LETTERS_AT_ONCE)
    const old = letters.filter(({ payload }) => isOlder(payload, olderThan))
    for (const { id } of old) {
      if (signal?.aborted) return
      await named(adapter, `The dead letter ${id} was not removed`, () => deadLetters.drop(id))
      onDropped()
    }
    if (old.length < LETTERS_AT_ONCE) return
  }
}

function isOlder(payload: string, olderThan: Date): boolean {
  const parkedAt = prop(JSON.parse(payload), 'parkedAt')
  return typeof parkedAt === 'number' && parkedAt < olderThan.getTime()
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `prune: ${message}`)
}
