import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { ClerkSyncError } from '../errors.ts'
import type { AppliedOutcome } from '../port/sync-adapter.ts'

/** What became of one delivery. `status` is what the sender is answered; `error` is for the operator alone. */
export type DeliveryResult = StoredDelivery | QueuedDelivery | ParkedDelivery | IgnoredDelivery | FailedDelivery

interface Answered {
  readonly status: number
  /** How long the delivery took, in ms, by a clock that only goes forward. */
  readonly durationMs: number
}

interface Accepted extends Answered {
  readonly ok: true
  readonly status: 200
  readonly event: ClerkEvent
  /**
   * How old the event was at the answer, in ms: this machine's clock less the event's `timestamp`, which is Clerk's.
   * Below zero where the clock here is behind.
   */
  readonly lagMs: number
}

/** The row holds the event, or a newer one. */
interface StoredDelivery extends Accepted {
  readonly outcome: Exclude<AppliedOutcome, 'ignored'>
}

/** A queue has the delivery, durably: a worker of it stores the event. */
interface QueuedDelivery extends Accepted {
  readonly outcome: 'queued'
}

/** Refused, and kept as a dead letter: done for the sender, and an error for the operator. */
interface ParkedDelivery extends Accepted {
  readonly outcome: 'parked'
  readonly error: ClerkSyncError
}

/** The event has neither a table nor a hook. */
interface IgnoredDelivery extends Accepted {
  readonly outcome: 'ignored'
  /** Why, as a sentence. */
  readonly reason: string
}

interface FailedDelivery extends Answered {
  readonly ok: false
  readonly error: ClerkSyncError
  /** The event, once it was verified. */
  readonly event: ClerkEvent | undefined
  /** As above; undefined without an event. */
  readonly lagMs: number | undefined
}

/** The times of a delivery that is answered now. */
export function timesOf<E extends ClerkEvent | undefined>(began: number, event: E) {
  const lagMs = event ? Date.now() - event.timestamp : undefined
  return { durationMs: performance.now() - began, lagMs: lagMs as E extends ClerkEvent ? number : number | undefined }
}
