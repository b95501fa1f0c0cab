import { explainCauses, type FaultOf } from '../delivery/explain-causes.ts'
import { SENT_AGAIN } from '../delivery/hook-run.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError, type ErrorCode } from '../errors.ts'
import type { DeadLetter } from '../port/dead-letters.ts'
import { entityIdOf } from './event-facts.ts'

/** An event that was parked, and why. */
export interface ParkedEvent {
  /** As `verify` gave it. It holds the user's data. */
  readonly event: ClerkEvent
  /** Of the first refusal: `retry` rejects with what refuses it now. */
  readonly code: ErrorCode
  /** What was refused, by its rule, and what to do: no value of the event, but for what a hook or a map put into its error. */
  readonly reason: string
  readonly parkedAt: Date
}

/** The error of an event that is kept: Clerk sends it no more. */
export function parkedError(event: ClerkEvent, { code, message, cause, thrownBy }: ClerkSyncError): ClerkSyncError {
  const next = `The event is parked: mend that, and then clerkSync.deadLetters.retry('${event.id}').`
  const text = message.includes(SENT_AGAIN) ? message.replace(SENT_AGAIN, () => next) : `${message} ${next}`
  return new ClerkSyncError(code, text, { cause, ...(thrownBy && { thrownBy }) })
}

/** @throws what kept an event from being parked, with what it was refused for. */
export function notParked(failure: unknown, refusal: ClerkSyncError): never {
  if (!ClerkSyncError.is(failure)) throw failure
  const { code, message, cause } = failure
  throw new ClerkSyncError(code, `${message} What was to be parked: ${refusal.message}`, { cause })
}

export function letterOf(
  event: ClerkEvent,
  error: ClerkSyncError,
  parkedAt: Date,
  faultOf: FaultOf | undefined,
): DeadLetter {
  const { code, message } = error
  // Its own words, where no database has quoted a row in them.
  const [threw] = explainCauses(error, faultOf).stack?.split('\n', 1) ?? []
  const reason = threw ? `${message} It threw: ${threw}` : message
  return {
    id: event.id,
    type: event.type,
    entityId: entityIdOf(event) ?? null,
    code,
    payload: asciiJson({ event, code, reason, parkedAt: parkedAt.getTime() }),
    parkedAt,
  }
}

export function parkedEventOf({ payload }: Pick<DeadLetter, 'payload'>): ParkedEvent {
  const { parkedAt, ...parked }: Omit<ParkedEvent, 'parkedAt'> & { readonly parkedAt: number } = JSON.parse(payload)
  return { ...parked, parkedAt: new Date(parkedAt) }
}

/** JSON that a table of any character set holds. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
