import { storeFailure } from '../delivery/store-failure.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Change, EventRef, WriteOutcome } from '../port/sync-adapter.ts'
import type { DriftContext } from './drift-context.ts'
import type { Run } from './run.ts'
import type { Drift, DriftCounts, DriftKind, ReconcileOptions } from './types.ts'

/** Beyond it, drifts are counted alone. */
export const MOST_DRIFTS = 10_000
/** Those that are kept for another try: those beyond it are failures at once. */
const MOST_REFUSED = 1000

/** A drift, and what mends it. */
export interface Mending {
  readonly drift: Drift
  readonly change: Change
  /** The version of the row that was compared; undefined where there was none. */
  readonly seen: string | undefined
}

interface Refused {
  readonly mending: Mending
  readonly error: unknown
}

/** Reports drift, and mends it, in a transaction with `onDrift` where there is one. */
export class DriftWriter {
  readonly drifts: Drift[] = []
  /** Whether something differs that no run mends, and no event that is on its way. */
  isLeft = false
  readonly #refused: Mending[] = []
  readonly #counts = new Map<string, Record<DriftKind | 'pending', number>>()

  constructor(
    private readonly run: Run,
    private readonly options: ReconcileOptions,
  ) {
    for (const entity of run.entities) this.#counts.set(entity, { ...NO_DRIFT })
  }

  get counts(): Readonly<Record<string, DriftCounts>> {
    return Object.fromEntries(this.#counts)
  }

  async mend(mendings: readonly Mending[]): Promise<void> {
    for (const { drift } of mendings) this.report(drift)
    if (this.options.dryRun) return
    for (const { mending, error } of await this.#write(mendings)) {
      // The application's own refusal does not pass by itself.
      const isOfHook = ClerkSyncError.is(error) && error.code === 'hook_failed'
      if (this.#refused.length < MOST_REFUSED && !isOfHook) this.#refused.push(mending)
      else this.#fail(mending.change, error)
    }
  }

  /** Writes what was refused once more: what it waited for, such as a value that a deleted row had, is written by now. */
  async finish(): Promise<void> {
    for (const entity of this.run.entities) {
      const own = this.#refused.filter(({ drift }) => drift.entity === entity)
      for (const { mending, error } of await this.#write(own)) this.#fail(mending.change, error)
    }
  }

  /** Gives what was refused. */
  async #write(mendings: readonly Mending[]): Promise<readonly Refused[]> {
    if (this.options.onDrift) {
      const refused: Refused[] = []
      for (const mending of mendings) {
        await this.#inTransaction(mending).catch((error: unknown) => {
          this.run.api.signal.throwIfAborted()
          refused.push({ mending, error })
        })
      }
      return refused
    }
    const byChange = new Map(mendings.map((mending) => [mending.change, mending]))
    const first = await this.run.write([...byChange.keys()])
    // Once more, after the others: one may wait for what another gives up.
    const again = await this.run.write(first.map(({ change }) => change))
    return again.map(({ change, error }) => ({ mending: byChange.get(change) as Mending, error }))
  }

  /** Of what is not mended as well. */
  report(drift: Drift): void {
    this.count(drift, 1)
    if (this.drifts.length < MOST_DRIFTS) this.drifts.push(drift)
  }

  /** Of those that are not listed. */
  count({ entity, kind, pending }: Pick<Drift, 'entity' | 'kind' | 'pending'>, howMany: number): void {
    const counts = this.#counts.get(entity)
    if (counts) counts[pending ? 'pending' : kind] += howMany
    if (kind === 'unlinked' && !pending && howMany > 0) this.isLeft = true
  }

  async #inTransaction(mending: Mending): Promise<void> {
    const { drift } = mending
    const { adapter } = this.run.access
    this.run.api.signal.throwIfAborted()
    const change = inPlaceOfSeen(mending)
    // Once for each healing: a second run that heals the same finds the claim, or a row that is as new.
    const event: EventRef = {
      id: `drift_${change.key}_${change.version}`,
      type: `drift.${drift.kind}`,
      entityId: change.key,
      occurredAt: new Date(),
    }
    const hook = (tx: unknown, outcome: WriteOutcome, before: object | undefined) =>
      isMended(drift, outcome) ? this.#call(drift, { tx, before }) : undefined
    const outcome = await adapter.once(event, change, hook, { before: drift.kind !== 'missing' })
    this.run.counts.add(drift.entity, outcome === 'duplicate' ? 'unchanged' : outcome)
  }

  /** Not async: a synchronous driver takes no promise. */
  #call(drift: Drift, context: DriftContext): unknown {
    const failed = (cause: unknown) => {
      const what = `onDrift threw for the ${drift.kind} ${drift.entity} ${drift.id}, and the row stays as it was.`
      throw new ClerkSyncError('hook_failed', `${what} The next run tries again.`, { cause, thrownBy: 'hook' })
    }
    try {
      const result: unknown = this.options.onDrift?.(drift, context)
      return result instanceof Promise ? result.catch(failed) : result
    } catch (cause) {
      return failed(cause)
    }
  }

  #fail(change: Change, error: unknown): void {
    const what = `${change.key} was not mended`
    const named = storeFailure(this.run.access.adapter, error, what, 'The next run tries again.', change)
    this.run.fail(change.entity as Drift['entity'], change.key, named)
  }
}

const NO_DRIFT: DriftCounts = { missing: 0, stale: 0, undeleted: 0, revived: 0, orphaned: 0, unlinked: 0, pending: 0 }

/**
 * What mends the row as it was seen, and no other: an event, or another run, that has reached it since has done what there
 * was to do.
 */
function inPlaceOfSeen({ change, seen }: Mending): Change {
  if (change.kind === 'delete' || change.expected !== undefined || seen === undefined) return change
  return { ...change, expected: seen, live: true }
}

/** Of a row that was missing, whoever is second only updates it. */
function isMended({ kind }: Drift, outcome: WriteOutcome): boolean {
  if (kind === 'missing') return outcome === 'created'
  return outcome === 'created' || outcome === 'updated' || outcome === 'deleted'
}
