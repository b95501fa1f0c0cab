import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { checkCount } from './check-given.ts'
import { CONSUME_OPTIONS, type ConsumeOptions, type Consumer, consume, tell } from './consume.ts'
import { explaining } from './engine-trouble.ts'
import type { DeliveryQueue } from './enqueue.ts'
import type { QueueMessage } from './message.ts'
import { retryDelayS } from './retries.ts'

/** 128 KB, of which the engine's own part of a message takes about 100 bytes. */
const MAX_BYTES = 127_000

/** What is used of a binding of a queue. */
export interface CloudflareQueueBinding {
  send(message: QueueMessage, options: { readonly contentType: 'json' }): Promise<unknown>
}

/** What is used of a `MessageBatch`. */
export interface CloudflareBatch {
  readonly messages: readonly {
    readonly body: unknown
    /** How often it was delivered, this time counted. */
    readonly attempts: number
    ack(): void
    retry(options: { readonly delaySeconds: number }): void
  }[]
}

export interface CloudflareConsumerOptions extends ConsumeOptions {
  /** The consumer's `max_retries`, as in the Worker's configuration. */
  readonly maxRetries: number
}

/**
 * A Cloudflare Queue for {@link enqueue}. Each delivery is sent by itself: a request may not wait for another's.
 *
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { enqueue } from '@clerk-sync/queue'
 * import { type CloudflareQueueBinding, cloudflareQueue } from '@clerk-sync/queue/cloudflare'
 *
 * interface Env {
 *   readonly CLERK_QUEUE: CloudflareQueueBinding
 * }
 * declare function clerkSyncOf(env: Env): ClerkSync
 *
 * export default {
 *   fetch: (request: Request, env: Env) => enqueue(clerkSyncOf(env), cloudflareQueue(env.CLERK_QUEUE)).handler(request),
 * }
 * ```
 */
export function cloudflareQueue(binding: CloudflareQueueBinding): DeliveryQueue {
  return {
    maxBytes: MAX_BYTES,
    send: explaining(async (message) => void (await binding.send(message, { contentType: 'json' }))),
  }
}

/**
 * Stores the deliveries of a batch, acknowledges each that is stored, and leaves the others to the queue's retries: after
 * 5 s, then 10, 20, … After `max_retries`, a message goes to the consumer's `dead_letter_queue`; without one, Cloudflare
 * deletes it. Where there is no secret to verify with, or a malformed one in `retiredSecrets`, none is stored, and all of them
 * have those retries.
 *
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { type CloudflareBatch, consumeCloudflare } from '@clerk-sync/queue/cloudflare'
 *
 * declare function clerkSyncOf(env: object): ClerkSync
 *
 * export default {
 *   queue: (batch: CloudflareBatch, env: object) => consumeCloudflare(clerkSyncOf(env), batch, { maxRetries: 14 }),
 * }
 * ```
 */
export async function consumeCloudflare(
  clerkSync: Consumer,
  { messages }: CloudflareBatch,
  options: CloudflareConsumerOptions,
): Promise<void> {
  checkOptions('consumeCloudflare', options, ['maxRetries', ...CONSUME_OPTIONS])
  const { maxRetries, ...consuming } = options
  checkCount('maxRetries', maxRetries, 0)
  const received = messages.map(({ body, attempts }) => ({ message: body, lastAttempt: attempts > maxRetries }))
  const results = await consume(clerkSync, received, consuming).catch((error: unknown) => {
    if (!ClerkSyncError.is(error)) throw error
    // Thrown, it would cost them all of their attempts within seconds.
    const { onFailure } = consuming
    if (!onFailure) logRefusal(error, messages.length)
    else for (const { lastAttempt } of received) tell(clerkSync, onFailure, { event: undefined, error, lastAttempt })
    return []
  })
  for (const [n, message] of messages.entries()) {
    if (results[n]?.ok) message.ack()
    else message.retry({ delaySeconds: retryDelayS(message.attempts) })
  }
}

function logRefusal({ code, message, docs }: ClerkSyncError, count: number): void {
  console.error(
    `clerk-sync: ${code}: ${message} Until then nothing is stored: the queue brings the ${count} messages of this batch ` +
      `again, after 5 s, then 10, 20, …, until each has had its max_retries. ${docs}`,
  )
}
