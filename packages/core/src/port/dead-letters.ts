import type { CallOptions } from './call-options.ts'

/** A refused event, kept whole. */
export interface DeadLetter {
  /** The svix-id. */
  readonly id: string
  readonly type: string
  /** The Clerk id of what the event is about. */
  readonly entityId: string | null
  /** The code of the error that refused it last. */
  readonly code: string
  /** All of it as JSON, in ASCII alone: no character set or collation stands in its way. */
  readonly payload: string
  readonly parkedAt: Date
}

/** Which letters: one, those about an entity, or those whose payload has this text, and maybe a few more. */
export type DeadLetterFilter =
  | { readonly id: string }
  | { readonly entityId: string }
  | { readonly payloadHas: string }
  | 'all'

/** How many letters may have been parked since a time. */
export interface ParkLimit {
  readonly most: number
  readonly since: Date
}

/** The table of letters. Every method resolves only when its effect is known, as those of the adapter do. */
export interface DeadLetterStore {
  /**
   * Keeps a letter; where the message has one, that gets the code and the payload, and keeps its `parkedAt`. Then looks at the ledger, where there is one, and gives
   * `duplicate` and keeps nothing where it has the message: in this order, since `once` claims it first and removes the
   * letter then. `full`: it would be a new one, and as many were parked since as may be.
   */
  park(letter: DeadLetter, limit: ParkLimit, options?: CallOptions): Promise<'parked' | 'duplicate' | 'full'>
  /** The oldest first; all of them without `most`. */
  find(
    filter: DeadLetterFilter,
    most?: number,
    options?: CallOptions,
  ): Promise<readonly Pick<DeadLetter, 'id' | 'payload'>[]>
  drop(id: string, options?: CallOptions): Promise<void>
}
