import type { Deadline } from '../delivery/deadline.ts'
import { storeFailure } from '../delivery/store-failure.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { effectOf } from '../entities/effect-of.ts'
import { ClerkSyncError, type ErrorCode } from '../errors.ts'
import type { DeadLetterFilter, DeadLetterStore } from '../port/dead-letters.ts'
import { createQueue } from '../port/queue.ts'
import type { AppliedOutcome, DeleteMode, Entity, SyncAdapter } from '../port/sync-adapter.ts'
import { entityIdOf, orderOf, usersIn } from './event-facts.ts'
import { asciiJson, letterOf, type ParkedEvent, parkedEventOf } from './letter.ts'

/** Why an event is parked: it is refused until something is changed. `config_invalid` is a map that threw. */
const PARKED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'value_refused',
  'unique_conflict',
  'reference_missing',
  'reference_held',
  'hook_failed',
  'config_invalid',
])

const MINUTE_MS = 60_000
/** All there are. */
const MOST = 1_000_000_000

export interface DeadLetterParts {
  readonly adapter: SyncAdapter
  readonly store: DeadLetterStore
  /** The age from which a refused event is parked, in ms. */
  readonly parkAfter: number
  readonly parkPerMinute: number
  /** What deletes do to the rows of an entity; undefined where it has no table. */
  readonly modeOf: (entity: Entity) => DeleteMode | undefined
  readonly hasHook: (type: string) => boolean
  /** Stores an event, and runs its hook. */
  readonly apply: (event: ClerkEvent, deadline: Deadline) => Promise<AppliedOutcome>
  /** Runs the hook of an event whose row is not to be written any more, once. */
  readonly runHook: (event: ClerkEvent, deadline: Deadline) => Promise<unknown>
}

/** What became of an event; `error` where it was refused, and parked. */
export type Delivered =
  | { readonly outcome: AppliedOutcome; readonly error?: undefined }
  | { readonly outcome: 'parked'; readonly error: ClerkSyncError }

/**
 * Keeps refused events whole, until they are stored, superseded or dropped. Each step writes first and looks then, and so
 * do those that it meets: whichever of two is later sees the other. A step that a crash leaves out is done by the
 * delivery that was not answered.
 */
export class DeadLetters {
  /** So that the parked of a minute are counted one after another. */
  readonly #queue = createQueue()

  constructor(private readonly parts: DeadLetterParts) {}

  async deliver(event: ClerkEvent, deadline: Deadline, lastAttempt: boolean): Promise<Delivered> {
    const isLast = lastAttempt || Date.now() - event.timestamp >= this.parts.parkAfter
    let outcome: AppliedOutcome
    try {
      outcome = await this.parts.apply(event, deadline)
    } catch (error) {
      if (!ClerkSyncError.is(error) || !PARKED.has(error.code)) throw error
      return this.#park(event, error, deadline, isLast)
    }
    await this.#settle(event, deadline, isLast)
    return { outcome }
  }

  async list(most: number): Promise<readonly ParkedEvent[]> {
    return (await this.#find('all', most)).map(parkedEventOf)
  }

  async retry(id: string, deadline: Deadline): Promise<AppliedOutcome | undefined> {
    const [letter] = await this.#find({ id })
    if (!letter) return undefined
    const delivered = await this.deliver(parkedEventOf(letter).event, deadline, true)
    if (delivered.error) throw delivered.error
    return delivered.outcome
  }

  async drop(id: string): Promise<boolean> {
    const found = await this.#find({ id })
    if (found.length > 0) await this.#drop(id)
    return found.length > 0
  }

  async #park(event: ClerkEvent, error: ClerkSyncError, deadline: Deadline, isLast: boolean): Promise<Delivered> {
    // An event that was parked is kept: sent again, it is answered alike, at any age.
    if (!isLast && (await this.#find({ id: event.id })).length === 0) throw error
    const now = new Date()
    const limit = { most: this.parts.parkPerMinute, since: new Date(now.getTime() - MINUTE_MS) }
    const parked = await this.#try('was not parked', () =>
      this.#queue(() => this.parts.store.park(letterOf(event, error, now), limit)),
    )
    if (parked === 'duplicate') return { outcome: 'duplicate' }
    if (parked === 'full') {
      throw new ClerkSyncError(
        error.code,
        `${error.message} It was not parked either: ${limit.most} events were in the last minute. So many at once may ` +
          'be a migration that failed; see parkPerMinute.',
        { cause: error.cause },
      )
    }
    if (!(await this.#isSettled(event))) return { outcome: 'parked', error }
    await this.#close(event, deadline)
    return { outcome: 'stale' }
  }

  /** What an event that is stored makes of letters: its own is done, older ones of its entity are superseded. */
  async #settle(event: ClerkEvent, deadline: Deadline, isLast: boolean): Promise<void> {
    const entityId = entityIdOf(event)
    for (const letter of await this.#find(entityId === undefined ? { id: event.id } : { entityId })) {
      if (letter.id === event.id) await this.#drop(letter.id)
      else if (this.#supersedes(event, parkedEventOf(letter).event)) {
        await this.#close(parkedEventOf(letter).event, deadline)
      }
    }
    if (event.type === 'user.deleted' && entityId !== undefined && this.parts.modeOf('user') !== 'keep') {
      await this.#eraseUser(entityId, deadline, isLast)
    }
  }

  /** Nothing of a deleted user stays. Hooks of his events run before: a failing one has the tombstone's attempts. */
  async #eraseUser(user: string, deadline: Deadline, isLast: boolean): Promise<void> {
    for (const letter of await this.#find({ payloadHas: asciiJson(user) })) {
      const { event } = parkedEventOf(letter)
      if (!usersIn(event).includes(user)) continue
      try {
        await this.#close(event, deadline)
      } catch (error) {
        if (isLast) await this.#drop(letter.id)
        throw error
      }
    }
  }

  /** Whether nothing of an event is to be written any more: its row holds a newer one, or its user is deleted. */
  async #isSettled(event: ClerkEvent): Promise<boolean> {
    const { adapter, modeOf, hasHook } = this.parts
    const entity = effectOf(event.type)?.entity
    const key = entityIdOf(event)
    const order = orderOf(event)
    if (entity && key !== undefined && order !== undefined && modeOf(entity)) {
      const row = await this.#try('was not read', () => adapter.find(entity, key))
      if (row && isKeptDelete(event, modeOf(entity)) ? row.deleted : row && row.version > order) return true
      // Its own write went through after all.
      if (row?.version === order && !hasHook(event.type)) return true
    }
    if (modeOf('user') === undefined || modeOf('user') === 'keep') return false
    for (const user of usersIn(event)) {
      if (entity === 'user' && user === key) continue
      if ((await this.#try('was not read', () => adapter.find('user', user)))?.deleted) return true
    }
    return false
  }

  #supersedes(newer: ClerkEvent, older: ClerkEvent): boolean {
    const entity = effectOf(newer.type)?.entity
    const mode = entity && this.parts.modeOf(entity)
    const [above, below] = [orderOf(newer), orderOf(older)]
    if (!mode || entity !== effectOf(older.type)?.entity || entityIdOf(newer) !== entityIdOf(older)) return false
    if (above === undefined || below === undefined) return false
    // A kept tombstone takes older snapshots still.
    return above > below && isKeptDelete(newer, mode) === isKeptDelete(older, mode)
  }

  /** The hook, once, in the transaction that removes the letter; without one, the letter. */
  async #close(event: ClerkEvent, deadline: Deadline): Promise<void> {
    if (this.parts.hasHook(event.type)) await this.parts.runHook(event, deadline)
    await this.#drop(event.id)
  }

  #find(filter: DeadLetterFilter, most = MOST) {
    return this.#try('was not read', () => this.parts.store.find(filter, most))
  }

  #drop(id: string): Promise<void> {
    return this.#try('was not removed', () => this.parts.store.drop(id))
  }

  async #try<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw storeFailure(this.parts.adapter, error, `A dead letter, or its row, ${what}`, 'The event is sent again.')
    }
  }
}

function isKeptDelete(event: ClerkEvent, mode: DeleteMode | undefined): boolean {
  return mode === 'keep' && effectOf(event.type)?.effect === 'delete'
}
