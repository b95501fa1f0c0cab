import { ClerkSyncError, chainOf } from '../errors.ts'
import type { Batching } from '../port/batching.ts'
import { databaseFault } from '../port/database-fault.ts'
import { byKey } from '../port/newest-first.ts'
import type { CallOptions, SyncAdapter, Upsert, UpsertOutcome } from '../port/sync-adapter.ts'
import { untilAborted } from '../port/until-aborted.ts'
import type { BatchLimits } from './batch-options.ts'
import { answerOlder, rowOf, Waiting } from './waiting.ts'

/**
 * A statement that takes so many times what they usually do, or so long, waits for a lock, or for a disk that is behind:
 * it keeps the others waiting no more.
 */
const SLOW = { times: 2, ms: 25 }

/** Of how many statements the usual time is the mean, about. */
const REMEMBERED = 16

/** How long a row that was refused waits for those that it may be in conflict with. */
const LONGEST_WAIT_FOR_OTHERS_MS = 1_000

/**
 * Group commit: a delivery is written at once while few statements are under way. Those that come meanwhile are written
 * together, the newest of each row. What its batch does not write, each writes by itself.
 */
export class GroupCommit {
  #waiting: Waiting[] = []
  #inFlight = 0
  #usualMs = SLOW.ms / SLOW.times
  /** What is under way: a row that somebody has locked has one delivery that waits for it, and no second connection. */
  readonly #rows = new Set<string>()
  /** What the adapter does not put together. */
  readonly #goAlone = new Set<string>()
  #scheduled = false

  /** @param inOwnContext - runs what belongs to no single delivery, so that it sees the `AsyncLocalStorage` of none */
  constructor(
    private readonly adapter: SyncAdapter,
    private readonly batching: Batching,
    private readonly limits: BatchLimits,
    private readonly inOwnContext: (run: () => void) => void,
  ) {}

  async upsert(change: Upsert, options: CallOptions): Promise<UpsertOutcome> {
    const row = rowOf(change)
    if (this.#scheduled || !this.#isFree(row)) {
      const one = new Waiting(change, options)
      return this.#goAlone.has(one.shape) ? this.#writeAlone(change, options) : this.#wait(one)
    }
    const written = this.#writeAlone(change, options)
    this.#follow([[row, written]])
    return written
  }

  #writeAlone(change: Upsert, options: CallOptions): Promise<UpsertOutcome> {
    return untilAborted(options.signal, () => this.adapter.upsert(change, options))
  }

  #wait(one: Waiting): Promise<UpsertOutcome> {
    one.options.signal?.throwIfAborted()
    this.#waiting.push(one)
    one.options.signal?.addEventListener('abort', () => this.#giveUp(one), { once: true })
    one.written = this.#finish(one)
    return one.written
  }

  #giveUp(one: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== one)
    one.answer.reject(one.options.signal?.reason)
  }

  /** In the delivery's own context, and within its own time. */
  async #finish({ change, options, answer, tried }: Waiting): Promise<UpsertOutcome> {
    try {
      const { outcome, others } = await answer.promise
      if (outcome !== undefined) return outcome
      try {
        return await this.#writeAlone(change, options)
      } catch (error) {
        if (!others || !this.#isUniqueConflict(error)) throw error
        // Another row of the batch may have had the value, and given it up since.
        tried.resolve()
        await atMost(LONGEST_WAIT_FOR_OTHERS_MS, others)
        return await this.#writeAlone(change, options)
      }
    } finally {
      tried.resolve()
    }
  }

  #isFree(row: string): boolean {
    return this.#inFlight < this.limits.maxInFlight && !this.#rows.has(row)
  }

  /** Counts a statement until all of its rows are done, and each row until it is. */
  #follow(rows: readonly (readonly [row: string, written: Promise<unknown>])[]): void {
    const began = performance.now()
    let isCounted = true
    const giveUpPlace = () => {
      if (isCounted) this.#inFlight--
      isCounted = false
      this.#sendSoon()
    }
    const timer = setTimeout(giveUpPlace, Math.min(SLOW.times * this.#usualMs, SLOW.ms))
    this.#inFlight++
    const done = rows.map(async ([row, written]) => {
      this.#rows.add(row)
      const [{ status }] = await Promise.allSettled([written])
      this.#rows.delete(row)
      this.#sendSoon()
      return status === 'fulfilled'
    })
    void Promise.all(done).then((isWritten) => {
      clearTimeout(timer)
      // A database that refuses connections does so at once.
      if (isWritten.every(Boolean)) {
        const tookMs = Math.min(performance.now() - began, SLOW.ms)
        this.#usualMs += (tookMs - this.#usualMs) / REMEMBERED
      }
      giveUpPlace()
    })
  }

  /** After what the event loop has ready: deliveries that have arrived by now go along. */
  #sendSoon(): void {
    if (this.#scheduled || this.#waiting.length === 0) return
    this.#scheduled = true
    setImmediate(() =>
      this.inOwnContext(() => {
        this.#scheduled = false
        for (let batch = this.#take(); batch.length > 0; batch = this.#take()) this.#send(batch)
      }),
    )
  }

  /** The oldest, and what fits into one statement with it. Of a row that is under way, nothing: it would wait for itself. */
  #take(): readonly Waiting[] {
    const oldest = this.#waiting.find(({ row }) => this.#isFree(row))
    if (!oldest) return []
    const isOfBatch = (one: Waiting) => one.shape === oldest.shape && this.#isFree(one.row)
    const batch = this.#waiting.filter(isOfBatch).slice(0, this.limits.maxRows)
    const taken = new Set(batch)
    this.#waiting = this.#waiting.filter((one) => !taken.has(one))
    return batch
  }

  #send(batch: readonly Waiting[]): void {
    const waiting = new Map(batch.map((one) => [one.change, one]))
    const followed: [string, Promise<unknown>][] = []
    const newest: Waiting[] = []
    for (const changes of byKey([...waiting.keys()])) {
      const [first, ...older] = changes.flatMap((change) => waiting.get(change) ?? [])
      if (!first) continue
      newest.push(first)
      followed.push([first.row, allOf([first, ...older].map(({ written }) => written))])
      void answerOlder(first, older)
    }
    this.#follow(followed)
    void this.#writeTogether(newest)
  }

  async #writeTogether(all: readonly Waiting[]): Promise<void> {
    const signal = whenAllAreAborted(all)
    try {
      const changes = all.map(({ change }) => change)
      const known = all.length > 1 ? await this.batching.write(changes, { signal }) : new Map<string, UpsertOutcome>()
      if (!known && all[0]) this.#goAlone.add(all[0].shape)
      for (const { change, answer } of all) answer.resolve({ outcome: known?.get(change.key) })
    } catch {
      // Each row says by itself why it is refused, if it is.
      const others = Promise.all(all.map(({ tried }) => tried.promise))
      for (const { answer } of all) answer.resolve({ others })
    }
  }

  #isUniqueConflict(error: unknown): boolean {
    if ([...chainOf(error)].some((link) => ClerkSyncError.is(link) && link.code === 'unique_conflict')) return true
    return (this.adapter.faultOf?.(error) ?? databaseFault(error)) === 'unique_conflict'
  }
}

/** Nobody waits for a batch whose deliveries have all had their answers. */
function whenAllAreAborted(all: readonly Waiting[]): AbortSignal {
  const controller = new AbortController()
  const look = () => all.every(({ options }) => options.signal?.aborted) && controller.abort()
  for (const { options } of all) options.signal?.addEventListener('abort', look, { once: true })
  return controller.signal
}

/** Ends when all have, and fails where one did. */
async function allOf(written: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await Promise.allSettled(written)
  await Promise.all(written)
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}
