import { ClerkSyncError } from './errors.ts'
import { checkOptions } from './port/check-options.ts'
import { prop } from './port/prop.ts'
import type { SyncAdapter } from './port/sync-adapter.ts'

export interface PruneOptions {
  /** What was processed before goes; of dead letters, those that were parked before. */
  readonly olderThan: Date
  /**
   * Svix can send a message again for 90 days, and one that was forgotten would run its hook again: `olderThan` must lie
   * before that, unless this is true. Ten minutes are demanded in any case, within which a captured request is still valid.
   */
  readonly force?: boolean | undefined
  /** Counts what would go, of any age, and removes nothing. */
  readonly dryRun?: boolean | undefined
  /** Once it is aborted, prune ends after the statement under way, and counts what was removed until then. */
  readonly signal?: AbortSignal | undefined
}

/** How many were removed, or would be. */
export interface PruneResult {
  /** From the ledger. */
  readonly events: number
  readonly deadLetters: number
}

const DAY_MS = 86_400_000
/** By hand, in Svix' dashboard: https://docs.svix.com/retries */
const RESENDABLE_MS = 90 * DAY_MS
/** Twice the tolerance of a signature. */
const VALID_MS = 600_000
const LETTERS_AT_ONCE = 200
const LETTERS_COUNTED = 10_000

/**
 * @throws ClerkSyncError `config_invalid` for a time that is none, or too young.
 */
export async function prune(adapter: SyncAdapter, options: PruneOptions): Promise<PruneResult> {
  checkOptions('prune', options, ['olderThan', 'force', 'dryRun', 'signal'], {
    before: 'olderThan',
    olderThanMs: 'olderThan',
  })
  const { olderThan, force = false, dryRun = false, signal } = options
  if (!(olderThan instanceof Date) || Number.isNaN(olderThan.getTime())) {
    throw invalid('olderThan must be a Date, such as new Date(Date.now() - 100 * 86_400_000).')
  }
  if (dryRun) return count(adapter, olderThan)
  const age = Date.now() - olderThan.getTime()
  if (age < VALID_MS)
    throw invalid('olderThan must lie ten minutes back: a request that was captured is valid as long.')
  if (age < RESENDABLE_MS && !force) {
    throw invalid(
      'olderThan must lie 90 days back: Svix can send a message again for so long, and one that the ledger has forgotten ' +
        'runs its hook again. If you never resend, and your hooks bear it, pass force: true.',
    )
  }
  const events = adapter.ledger && !signal?.aborted ? await adapter.prune(olderThan) : 0
  return { events, deadLetters: await pruneLetters(adapter, olderThan, signal) }
}

async function count({ name, ledger, deadLetters, countEvents }: SyncAdapter, olderThan: Date): Promise<PruneResult> {
  if (ledger && !countEvents) throw invalid(`${name} cannot count what is in its ledger: dryRun is not for it.`)
  const events = ledger && countEvents ? await countEvents(olderThan) : 0
  // They come the oldest first, so that more than are looked at are at least as many.
  const letters = (await deadLetters?.find('all', LETTERS_COUNTED)) ?? []
  return { events, deadLetters: letters.filter(({ payload }) => isOlder(payload, olderThan)).length }
}

/** The oldest first, some at a time. */
async function pruneLetters({ deadLetters }: SyncAdapter, olderThan: Date, signal?: AbortSignal): Promise<number> {
  if (!deadLetters) return 0
  for (let dropped = 0; ; ) {
    if (signal?.aborted) return dropped
    const letters = await deadLetters.find('all', LETTERS_AT_ONCE)
    const old = letters.filter(({ payload }) => isOlder(payload, olderThan))
    for (const { id } of old) {
      if (signal?.aborted) return dropped
      await deadLetters.drop(id)
      dropped++
    }
    if (old.length < LETTERS_AT_ONCE) return dropped
  }
}

function isOlder(payload: string, olderThan: Date): boolean {
  const parkedAt = prop(JSON.parse(payload), 'parkedAt')
  return typeof parkedAt === 'number' && parkedAt < olderThan.getTime()
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `prune: ${message}`)
}
