import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { ClerkSyncError, ErrorCode } from '../errors.ts'
import type { DeadLetter } from '../port/dead-letters.ts'
import { entityIdOf } from './event-facts.ts'

/** An event that was parked, and why. */
export interface ParkedEvent {
  /** As `verify` gave it. It holds the user's data. */
  readonly event: ClerkEvent
  /** Of the first refusal: `retry` rejects with what refuses it now. */
  readonly code: ErrorCode
  /** What was refused, by its rule, and what to do: no value of the event. */
  readonly reason: string
  readonly parkedAt: Date
}

export function letterOf(event: ClerkEvent, error: ClerkSyncError, parkedAt: Date): DeadLetter {
  const { code, message: reason } = error
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
