import { asClerkSyncError, ClerkSyncError } from '../errors.ts'
import type { Deadline } from './deadline.ts'

/** A delivery that was verified: its exact body, and the values of the headers that sign it. */
export interface SignedDelivery {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

/**
 * Hands a delivery to a queue.
 *
 * @param signal - aborted when the delivery has its answer: what is not in the queue by then comes again
 * @returns true once the queue has it so that no crash loses it; false where the queue cannot take it: its event is stored
 * at once then
 */
export type QueueDelivery = (delivery: SignedDelivery, signal: AbortSignal) => Promise<boolean>

/** What a caller of `receive` says. */
export interface ReceiveOptions {
  /**
   * Keeps verified deliveries in a queue in the place of storing their events: 200 `queued` once it resolves with true,
   * stored at once where with false, and 503 `queue_failed` where it rejects. `email.*` and `sms.*` carry one-time codes,
   * and are never handed over.
   */
  readonly queue?: QueueDelivery | undefined
}

/** What a caller of `verify` says of a delivery that has waited in a queue. */
export interface VerifyOptions {
  /** Takes a signature of any age: the route has checked it when the delivery came. Default false: five minutes. */
  readonly anyAge?: boolean | undefined
  /** Secrets that were rotated out while deliveries with their signatures waited. `signingSecret` holds beside them. */
  readonly retiredSecrets?: readonly string[] | undefined
}

/**
 * What became of the delivery; undefined where the queue cannot take it.
 *
 * @throws ClerkSyncError `queue_failed`, or what the queue throws of ours.
 */
export async function queueDelivery(queue: QueueDelivery, delivery: SignedDelivery, deadline: Deadline) {
  const late = (seconds: number) => notKnown(delivery, ` after ${seconds} s`)
  try {
    const isQueued = await deadline.race(queue(delivery, deadline.signal), late)
    return isQueued ? ({ outcome: 'queued', error: undefined } as const) : undefined
  } catch (error) {
    throw asClerkSyncError(error, 'queue_failed', notKnown(delivery).message)
  }
}

function notKnown({ id }: SignedDelivery, when = ''): ClerkSyncError {
  return new ClerkSyncError(
    'queue_failed',
    `The delivery ${id} was not known to be in the queue${when}. See that the queue's server is there, ` +
      `and that its address and password are right${when ? '' : '; error.cause has its own words'}.`,
  )
}
