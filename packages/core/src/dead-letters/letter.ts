import { explainCauses, type FaultOf } from '../delivery/explain-causes.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError, type ErrorCode } from '../errors.ts'
import type { DeadLetter } from '../port/dead-letters.ts'
import { entityIdOf, eventWithoutUserData } from './event-facts.ts'

/** An event that was parked, and why. */
export interface ParkedEvent {
  /** As `verify` gave it. It holds the user's data. */
  readonly event: ClerkEvent
  /** Of the last refusal, at `refusedAt`. */
  readonly code: ErrorCode
  /** What was refused, by its rule, and what to do: no value of the event, but for what a hook or a map put into its error. */
  readonly reason: string
  /** The first time that it was refused and kept. */
  readonly parkedAt: Date
  /** The last time that it was refused. */
  readonly refusedAt: Date
}

/** The error of an event that is kept: Clerk sends it no more. */
export function parkedError(event: ClerkEvent, { code, message, cause, thrownBy }: ClerkSyncError): ClerkSyncError {
  const next = `The event is parked: mend that, and then clerkSync.deadLetters.retry('${event.id}').`
  return new ClerkSyncError(code, `${message} ${next}`, { cause, ...(thrownBy && { thrownBy }) })
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
  times: { readonly parkedAt: Date; readonly refusedAt: Date },
  faultOf: FaultOf | undefined,
): DeadLetter {
  const { code, message } = error
  // Its own words, where no database has quoted a row in them.
  const [threw] = explainCauses(error, faultOf).stack?.split('\n', 1) ?? []
  const reason = threw ? `${message}${THREW}${threw}` : message
  return letterFrom({ event, code, reason, ...times })
}

const THREW = ' It threw: '

/** The letter without its user's data, but for what its row cannot be written without. What a hook threw may quote it. */
export function withoutUserData({ event, reason, ...parked }: ParkedEvent): DeadLetter {
  const [ours = ''] = reason.split(THREW)
  return letterFrom({ ...parked, reason: ours, event: eventWithoutUserData(event) })
}

function letterFrom({ event, code, reason, parkedAt, refusedAt }: ParkedEvent): DeadLetter {
  const times = { parkedAt: parkedAt.getTime(), refusedAt: refusedAt.getTime() }
  return {
    id: event.id,
    type: event.type,
    entityId: entityIdOf(event) ?? null,
    code,
    payload: asciiJson({ event, code, reason, ...times }),
    parkedAt,
  }
}

interface Payload extends Omit<ParkedEvent, 'parkedAt' | 'refusedAt'> {
  readonly parkedAt: number
  readonly refusedAt: number
}

export function parkedEventOf({ payload }: Pick<DeadLetter, 'payload'>): ParkedEvent {
  const { parkedAt, refusedAt, ...parked }: Payload = JSON.parse(payload)
  return { ...parked, parkedAt: new Date(parkedAt), refusedAt: new Date(refusedAt) }
}

/** JSON that a table of any character set holds. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
