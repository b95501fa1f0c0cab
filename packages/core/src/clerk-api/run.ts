import type { namingRow } from '../delivery/explain-conflict.ts'
import { storeFailure } from '../delivery/store-failure.ts'
import type { Snapshot } from '../entities/define-entity.ts'
import { asClerkSyncError } from '../errors.ts'
import { countUnlinked } from '../linking/unlinked-rows.ts'
import { checkOptions } from '../port/check-options.ts'
import type { CallOptions, Change, Parts, Scanned, ScanRange, Upsert, Written } from '../port/sync-adapter.ts'
import type { StoreAccess } from '../store-access.ts'
import { API_ALIASES, API_OPTIONS, resolveApi } from './api-options.ts'
import { type ClerkApi, createClerkApi } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'
import { CountsOfRun } from './counts.ts'
import { entitiesOf } from './listed-entities.ts'
import { buildReadChange } from './read-change.ts'
import { RunProgress } from './run-progress.ts'
import type { CountsByEntity, Failure, ListedEntity, RunOptions, RunResult } from './types.ts'

export const RUN_OPTIONS = [...API_OPTIONS, 'entities', 'onProgress'] as const satisfies readonly (keyof RunOptions)[]

/** Beyond it, failures are counted alone: memory stays flat. */
const MOST_FAILURES = 1000

interface RunPlan {
  /** The names of its options. */
  readonly known: readonly string[]
  readonly stepsPerEntity: number
  /** Beside those of each entity. */
  readonly moreSteps?: number
}

/** What a backfill and a reconcile have in hand. */
export class Run {
  readonly access: StoreAccess
  readonly entities: readonly ListedEntity[]
  readonly api: ClerkApi
  /** For statements: `clerkSync.close()` waits for the one under way. */
  readonly callOptions: CallOptions
  readonly failures: Failure[] = []
  /** Rows of users without a Clerk id, as `RunResult` counts them; undefined where they are not counted. */
  unlinkedRows: number | undefined
  #namingRow: typeof namingRow | undefined
  counts: CountsOfRun
  progress: RunProgress

  /** @throws ClerkSyncError `config_invalid` for options that cannot be. */
  constructor(
    owner: string,
    access: StoreAccess,
    private readonly options: RunOptions,
    { known, stepsPerEntity, moreSteps = 0 }: RunPlan,
    closing: AbortSignal,
  ) {
    this.access = access
    checkOptions(owner, options, known, { ...API_ALIASES, settle: 'settleMs', grace: 'graceMs', tables: 'entities' })
    this.entities = entitiesOf(owner, this.access, options.entities)
    const resolved = resolveApi(owner, options)
    this.callOptions = resolved.signal ? { signal: resolved.signal } : {}
    this.api = createClerkApi(resolved, closing)
    this.counts = new CountsOfRun(this.entities)
    this.progress = new RunProgress(
      this.api,
      this.counts,
      this.entities.length * stepsPerEntity + moreSteps,
      options.onProgress,
    )
  }

  /** Goes on from what an earlier run has counted. */
  goOn(counts: CountsByEntity, stepsLeft: number, doneBefore: number): void {
    this.counts = new CountsOfRun(this.entities, counts)
    this.progress = new RunProgress(this.api, this.counts, stepsLeft, this.options.onProgress, doneBefore)
  }

  /** Before anything is written: they are a reason why a user is refused. */
  async countUnlinked(): Promise<void> {
    this.#namingRow = (await import('../delivery/explain-conflict.ts')).namingRow
    if (!this.entities.includes('user')) return
    this.api.signal.throwIfAborted()
    this.unlinkedRows = await countUnlinked(this.access.adapter, this.callOptions)
  }

  /** The change of a snapshot; undefined, and a failure, where none can be made of it. */
  changeOf(entity: ListedEntity, snapshot: Snapshot, time: ClerkTime): Upsert | undefined {
    try {
      return buildReadChange(entity, snapshot, time, this.access.mappings.of(entity))
    } catch (error) {
      this.fail(entity, snapshot.id, error)
      return undefined
    }
  }

  /** Writes, and counts what became of it. Gives what was refused. */
  async write<C extends Change>(changes: readonly C[]): Promise<readonly Written<C>[]> {
    if (changes.length === 0) return []
    const { adapter } = this.access
    this.api.signal.throwIfAborted()
    let results: readonly Written<C>[]
    try {
      results = await adapter.writeMany(changes, this.callOptions)
    } catch (error) {
      this.callOptions.signal?.throwIfAborted()
      throw storeFailure(adapter, error, 'A batch was not written', 'Run it again: it goes on from its checkpoint.')
    }
    for (const { change, outcome } of results) {
      if (outcome !== undefined) this.counts.add(change.entity as ListedEntity, outcome)
    }
    return results.filter(({ outcome }) => outcome === undefined)
  }

  /** Rows of the application's table. */
  async scan(entity: ListedEntity, range: ScanRange): Promise<readonly Scanned[]> {
    const { adapter } = this.access
    this.api.signal.throwIfAborted()
    try {
      return await adapter.scan(entity, range, this.callOptions)
    } catch (error) {
      this.callOptions.signal?.throwIfAborted()
      throw storeFailure(adapter, error, `The rows of ${entity} were not read`, 'Trying again may help.')
    }
  }

  /** The parts of these, where the adapter has tables for them. */
  async parts(entity: ListedEntity, keys: readonly string[]): Promise<ReadonlyMap<string, Parts>> {
    const { adapter, mappings } = this.access
    if (!adapter.parts || !mappings.of(entity).parts) return new Map()
    this.api.signal.throwIfAborted()
    try {
      return await adapter.parts.read(keys, this.callOptions)
    } catch (error) {
      this.callOptions.signal?.throwIfAborted()
      throw storeFailure(adapter, error, `The parts of ${entity} were not read`, 'Trying again may help.')
    }
  }

  /** A row that stays as it was. */
  fail(entity: ListedEntity, id: string, thrown: unknown, change?: Change): void {
    this.counts.add(entity, 'failed')
    if (this.failures.length >= MOST_FAILURES) return
    const what = `${id}, as read from Clerk, was not stored`
    const next = 'The other rows are not touched by it: run it again when this is mended.'
    const error = asClerkSyncError(
      change ? storeFailure(this.access.adapter, thrown, what, next, change) : thrown,
      'store_failed',
      `${what}. ${next}`,
    )
    const named = this.#namingRow?.(error, entity, Boolean(this.unlinkedRows)) ?? error
    this.failures.push({ entity, id, error: named })
  }

  /** @param incomplete - whose lists were not read whole */
  result(incomplete: readonly ListedEntity[]): RunResult {
    return {
      ok: incomplete.length === 0 && this.counts.failed === 0,
      counts: this.counts.all(),
      failures: this.failures,
      incomplete,
      ...(this.unlinkedRows !== undefined && { unlinkedRows: this.unlinkedRows }),
      requests: this.api.requests,
      seconds: Math.round(this.progress.seconds * 1000) / 1000,
    }
  }
}
