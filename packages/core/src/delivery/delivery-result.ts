import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { ClerkSyncError } from '../errors.ts'
import type { Outcome } from '../port/sync-adapter.ts'

/** What became of one delivery. `status` is what the sender is answered; `error` is for the operator alone. */
export type DeliveryResult =
  | {
      readonly ok: true
      readonly status: 200
      readonly outcome: Outcome
      readonly event: ClerkEvent
    }
  | {
      readonly ok: false
      readonly status: number
      readonly error: ClerkSyncError
      /** The event, once it was verified. */
      readonly event: ClerkEvent | undefined
    }
