import { type ClerkSync, type DeliveryResult, type RawDelivery, toFetchHandler } from '@clerk-sync/core'
import { checkClerkSync } from './check-given.ts'
import { type QueueMessage, textOf } from './message.ts'

/** An engine, as the route sees it: `bullmqQueue`, `pgBossQueue` and the like make one. */
export interface DeliveryQueue {
  /** The largest message that the engine takes, in bytes of its JSON. The route stores larger ones at once. */
  readonly maxBytes: number
  /**
   * Puts a message into the queue, and resolves once no crash of the engine loses it.
   *
   * @param signal - aborted when the delivery has its answer: what has not been sent by then need not be
   */
  send(message: QueueMessage, signal: AbortSignal): Promise<void>
}

/** A route that queues. Hosts take it in the place of what `createClerkSync` returned: `toNodeHandler(route)`. */
export interface QueueRoute {
  /** The route, for hosts that speak `Request` and `Response`. */
  handler(this: void, request: Request): Promise<Response>
  /** `handler` without HTTP: never rejects. */
  receive(this: void, delivery: RawDelivery): Promise<DeliveryResult>
}

/**
 * The route of an endpoint with a queue behind it: it verifies a delivery, puts it into the queue, and answers 200 once
 * the engine has it durably; 503 otherwise, and Clerk sends it again. A delivery that is too large for the engine, and one
 * that carries a one-time code (`email.*`, `sms.*`), is handled at once.
 *
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { type DeliveryQueue, enqueue } from '@clerk-sync/queue'
 *
 * declare const clerkSync: ClerkSync
 * declare const queue: DeliveryQueue
 *
 * export const POST = enqueue(clerkSync, queue).handler
 * ```
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return.
 */
export function enqueue(clerkSync: Pick<ClerkSync, 'receive'>, queue: DeliveryQueue): QueueRoute {
  checkClerkSync('enqueue(clerkSync, queue)', clerkSync, 'receive')
  const receive = (delivery: RawDelivery) =>
    clerkSync.receive(delivery, {
      async queue(message, signal) {
        if (!fits(message, queue.maxBytes)) return false
        try {
          await queue.send(message, signal)
        } catch (error) {
          // Loaded where a queue fails: few routes ever need it.
          const { explained } = await import('./engine-trouble.ts')
          throw explained(error, message)
        }
        return true
      },
    })
  return { receive, handler: toFetchHandler({ receive }) }
}

/** Counts only where it could matter: a UTF-16 unit is three bytes at most, and six where JSON escapes it. */
function fits(message: QueueMessage, maxBytes: number): boolean {
  const units = message.body.length + message.signature.length + message.id.length
  return units * 6 + 100 <= maxBytes || new TextEncoder().encode(textOf(message)).byteLength <= maxBytes
}
