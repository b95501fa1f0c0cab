import type { Deadline } from '../delivery/deadline.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { ClerkSyncError } from '../errors.ts'
import type { DeadLetterStore } from '../port/dead-letters.ts'
import type { AppliedOutcome, SyncAdapter, WriteOutcome } from '../port/sync-adapter.ts'
import type { ModeOf } from './event-facts.ts'

export interface DeadLetterParts {
  readonly adapter: SyncAdapter
  readonly store: DeadLetterStore
  /** The age from which a refused event is parked. */
  readonly parkAfterMs: number
  readonly parkPerMinute: number
  readonly modeOf: ModeOf
  readonly hasHook: (type: string) => boolean
  /** Stores an event, and runs its hook. */
  readonly apply: (event: ClerkEvent, deadline: Deadline) => Promise<AppliedOutcome>
  /** Runs the hook of an event that is not to be written any more, once. */
  readonly runHook: (event: ClerkEvent, late: LateHook, deadline: Deadline) => Promise<unknown>
}

/** What a hook is called with whose event comes too late to be written. */
export interface LateHook {
  readonly outcome: WriteOutcome
  readonly before: object | undefined
}

/** What became of an event; `error` where it was refused, and parked. */
export type Delivered =
  | { readonly outcome: AppliedOutcome; readonly error?: undefined }
  | { readonly outcome: 'parked'; readonly error: ClerkSyncError }
