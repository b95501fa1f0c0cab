import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { ClerkSyncError } from '../errors.ts'
import type { Outcome } from '../port/sync-adapter.ts'

/** What became of one delivery. `status` is what the sender is answered; `error` is for the operator alone. */
export type DeliveryResult =
  | {
      readonly ok: true
      readonly status: 200
      readonly outcome: Exclude<Outcome, 'parked'>
      readonly event: ClerkEvent
    }
  | {
      /** Refused, and kept: an error for the operator, and done for the sender. */
      readonly ok: true
      readonly status: 200
      readonly outcome: 'parked'
      readonly event: ClerkEvent
      readonly error: ClerkSyncError
    }
  | {
      readonly ok: false
      readonly status: number
      readonly error: ClerkSyncError
      /** The event, once it was verified. */
      readonly event: ClerkEvent | undefined
    }
