import type { Deadline } from '../delivery/deadline.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import { heldOutcome } from '../port/outcomes.ts'
import type { AppliedOutcome } from '../port/sync-adapter.ts'
import { orderOf } from '../port/version.ts'
import { entityIdOf, isNewer, supersedes, targetOf, usersIn } from './event-facts.ts'
import { asciiJson, letterOf, notParked, type ParkedEvent, parkedError, parkedEventOf } from './letter.ts'
import type { DeadLetterParts, Delivered } from './parts.ts'
import { redact } from './redact.ts'
import { severalOf } from './several-of.ts'
import { StoreInTime } from './store-in-time.ts'
import { isRefusal, mayBeKept } from './what-is-parked.ts'

const MINUTE_MS = 60_000

/**
 * Keeps refused events whole, until they are stored, superseded or dropped. Each step writes first and looks then, and so
 * do those that it meets: whichever of two is later sees the other. A step that a crash leaves out is done by the
 * delivery that was not answered.
 */
export class DeadLetters {
  readonly #store: StoreInTime

  constructor(private readonly parts: DeadLetterParts) {
    this.#store = new StoreInTime(parts.adapter, parts.store)
  }

  async deliver(event: ClerkEvent, deadline: Deadline, lastAttempt: boolean): Promise<Delivered> {
    const isLast = this.#isLast(event, lastAttempt)
    let outcome: AppliedOutcome
    try {
      outcome = await this.parts.apply(event, deadline)
    } catch (error) {
      if (!isRefusal(error) || !mayBeKept(event)) throw error
      return this.#park(event, error, deadline, isLast)
    }
    await this.#settle(event, deadline, isLast)
    return { outcome }
  }

  /** What {@link deliver} does after the write. */
  async settle(event: ClerkEvent, deadline: Deadline, lastAttempt: boolean): Promise<void> {
    await this.#settle(event, deadline, this.#isLast(event, lastAttempt))
  }

  async hasAny(deadline: Deadline): Promise<boolean> {
    return (await this.#store.find('all', deadline, 1)).length > 0
  }

  async list(most: number, deadline: Deadline): Promise<readonly ParkedEvent[]> {
    return (await this.#store.find('all', deadline, most)).map(parkedEventOf)
  }

  async retry(id: string, deadline: Deadline): Promise<AppliedOutcome | undefined> {
    const [letter] = await this.#store.find({ id }, deadline)
    if (!letter) return undefined
    const delivered = await this.deliver(parkedEventOf(letter).event, deadline, true)
    if (delivered.error) throw delivered.error
    return delivered.outcome
  }

  async drop(id: string, deadline: Deadline): Promise<boolean> {
    const found = await this.#store.find({ id }, deadline)
    if (found.length > 0) await this.#store.drop(id, deadline)
    return found.length > 0
  }

  #isLast(event: ClerkEvent, lastAttempt: boolean): boolean {
    return lastAttempt || Date.now() - event.timestamp >= this.parts.parkAfterMs
  }

  async #park(event: ClerkEvent, error: ClerkSyncError, deadline: Deadline, isLast: boolean): Promise<Delivered> {
    // An event that was parked is kept: sent again, it is answered alike, at any age.
    const [known] = await this.#store.find({ id: event.id }, deadline)
    if (!isLast && !known) throw error
    const now = new Date()
    const limit = { most: this.parts.parkPerMinute, since: new Date(now.getTime() - MINUTE_MS) }
    const kept = parkedError(event, error)
    const times = { parkedAt: known ? parkedEventOf(known).parkedAt : now, refusedAt: now }
    const letter = letterOf(event, kept, times, (link) => this.parts.adapter.faultOf?.(link))
    const parked = await this.#store.park(letter, limit, deadline).catch((failure) => notParked(failure, error))
    if (parked === 'duplicate') return { outcome: 'duplicate' }
    if (parked === 'full') {
      const { code, message, cause, thrownBy } = error
      throw new ClerkSyncError(
        code,
        `${message} It was not parked either: ${limit.most} events were in the last minute. So many at once may be a ` +
          'migration that failed; see parkPerMinute.',
        { cause, ...(thrownBy && { thrownBy }) },
      )
    }
    if ((await this.#isSettled(event, deadline)) && (await this.#closeOrLeave(event, deadline))) {
      return { outcome: 'stale' }
    }
    if (await this.#isOfErasedUser(event, deadline)) await redact(this.#store, letter, limit, deadline)
    return { outcome: 'parked', error: kept }
  }

  /** What an event that is stored makes of letters: its own is done, older ones of its entity are superseded. */
  async #settle(event: ClerkEvent, deadline: Deadline, isLast: boolean): Promise<void> {
    const { modeOf } = this.parts
    const entityId = entityIdOf(event)
    const erased = event.type === 'user.deleted' && modeOf('user') !== 'keep' ? entityId : undefined
    for (const letter of await this.#store.find(entityId === undefined ? { id: event.id } : { entityId }, deadline)) {
      const older = parkedEventOf(letter).event
      if (letter.id === event.id) await this.#store.drop(letter.id, deadline)
      else if (erased === undefined && supersedes(targetOf(event, modeOf), targetOf(older, modeOf))) {
        // The event is stored: what a slow hook has left of its time is not worth a second delivery.
        if (!(await this.#closeOrLeave(older, deadline)) && deadline.signal.aborted) return
      }
    }
    if (erased !== undefined) await this.#eraseUser(erased, deadline, isLast)
  }

  /** No data of a deleted user stays. Hooks of his events run before: a failing one has the tombstone's attempts. */
  async #eraseUser(user: string, deadline: Deadline, isLast: boolean): Promise<void> {
    const errors: unknown[] = []
    // There is no attempt after the last one: a slow hook must not leave the payloads of the others.
    const limit = isLast ? undefined : deadline
    for (const letter of await this.#store.find({ payloadHas: asciiJson(user) }, limit)) {
      const { event } = parkedEventOf(letter)
      if (!usersIn(event).includes(user)) continue
      if ((await this.#standingOf(event, limit)).isDue) {
        await redact(this.#store, letter, { most: this.parts.parkPerMinute, since: new Date() }, limit)
        continue
      }
      try {
        await this.#close(event, deadline)
      } catch (error) {
        errors.push(error)
        if (isLast) await this.#store.drop(letter.id, limit)
      }
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : severalOf(errors)
  }

  /** Whether nothing of an event is to be written any more: its row holds a newer one, or its user is deleted. */
  async #isSettled(event: ClerkEvent, deadline: Deadline): Promise<boolean> {
    const { holds, isDue } = await this.#standingOf(event, deadline)
    // Its own write may have gone through after all.
    if (holds === 'a newer one' || (holds === 'it' && !this.parts.hasHook(event.type))) return true
    return !isDue && (await this.#isOfErasedUser(event, deadline))
  }

  /** Whether it holds data of a user who is deleted, and is about something else. */
  async #isOfErasedUser(event: ClerkEvent, deadline: Deadline): Promise<boolean> {
    const { modeOf } = this.parts
    const mode = modeOf('user')
    if (mode === undefined || mode === 'keep' || targetOf(event, modeOf)?.entity === 'user') return false
    for (const user of usersIn(event)) {
      if ((await this.#store.row('user', user, deadline))?.deleted) return true
    }
    return false
  }

  /**
   * What its row holds of an event. It is due where an older row is there: without it, the row would stay as it is for
   * ever. A delete is final, so it is due also where nothing is there yet.
   */
  async #standingOf(event: ClerkEvent, deadline: Deadline | undefined) {
    const target = targetOf(event, this.parts.modeOf)
    const row = target && (await this.#store.row(target.entity, target.key, deadline))
    if (!row) return { target, row, isDue: target?.kind === 'delete' }
    const holds = isNewer(row, target) ? 'a newer one' : orderOf(row.version) === target.version ? 'it' : undefined
    return { target, row, holds, isDue: !holds } as const
  }

  /** Where its hook refuses, the letter stays, and `check` counts it: newer events must be stored all the same. */
  async #closeOrLeave(event: ClerkEvent, deadline: Deadline): Promise<boolean> {
    try {
      await this.#close(event, deadline)
      return true
    } catch (error) {
      if (isRefusal(error)) return false
      throw error
    }
  }

  /** The hook, once, in the transaction that removes the letter; without one, the letter. */
  async #close(event: ClerkEvent, deadline: Deadline): Promise<void> {
    if (this.parts.hasHook(event.type)) {
      const { target, row, holds } = await this.#standingOf(event, deadline)
      const outcome = row && target ? heldOutcome(target, holds === 'it', row.deleted) : 'stale'
      await this.parts.runHook(event, { outcome, before: row?.row }, deadline)
    }
    await this.#store.drop(event.id, deadline)
  }
}
