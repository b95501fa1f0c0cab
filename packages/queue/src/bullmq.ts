import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { Queue, Worker, type WorkerOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import { checkConsumer } from './check-consumer.ts'
import { type ConsumeOptions, type Consumer, consume, type ReceivedMessage } from './consume.ts'
import type { DeliveryQueue } from './enqueue.ts'
import { inGroups } from './groups.ts'
import { ONE_STATEMENT, type QueueMessage } from './message.ts'
import { RedisDurability } from './redis-durability.ts'
import { ATTEMPTS, FIRST_DELAY_S } from './retries.ts'

/** Redis holds 512 MB in a value: Clerk's bodies have 1 MiB at most. */
const MAX_BYTES = 16_777_216
const AT_ONCE = 500
/**
 * A connection without an answer for so long is ended, and another opened: left to itself, ioredis waits for one that is dead
 * until the operating system gives it up. Longer than WAITAOF takes, and shorter than a delivery may.
 */
const SOCKET_TIMEOUT_MS = 12_000

/** No `jobId`: a message whose job has failed would be acknowledged when it is sent again, and never run. */
const JOB = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_DELAY_S * 1000 },
  removeOnComplete: true,
  // The failed jobs are the dead letters.
  removeOnFail: false,
  stackTraceLimit: 1,
}

export interface BullmqQueueOptions {
  /** Of BullMQ's queue; the worker has the same. It should have no other jobs. */
  readonly name: string
  /** An ioredis connection. It is duplicated at the first delivery, and itself not used. */
  readonly redis: Redis
  /** Of BullMQ's keys, as elsewhere. Default `bull`. */
  readonly prefix?: string | undefined
  /**
   * `checked` (default): the server must have an append-only file, and evict no keys, and a delivery is answered once it is
   * in that file. `given`: neither is looked at, since the service keeps what it acknowledges by other means.
   */
  readonly durability?: 'checked' | 'given' | undefined
}

export interface BullmqQueue extends DeliveryQueue {
  /**
   * Looks at the server, for an application that would rather not start.
   * @throws ClerkSyncError `config_invalid` where a crash of it may lose deliveries that were answered.
   */
  check(): Promise<void>
  /** Ends the connection. */
  close(): Promise<void>
}

/**
 * A BullMQ queue for {@link enqueue}. It connects at the first delivery.
 *
 * Deliveries that come while others are being added are added together. A delivery is answered 500 `config_invalid` where
 * Redis may lose it: without an append-only file, which is Redis' default, or where it evicts keys.
 *
 * @throws ClerkSyncError `config_invalid` for options that do not exist, and for another connection than one of ioredis.
 *
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { enqueue } from '@clerk-sync/queue'
 * import { bullmqQueue } from '@clerk-sync/queue/bullmq'
 * import { Redis } from 'ioredis'
 *
 * declare const clerkSync: ClerkSync
 *
 * const redis = new Redis(process.env['REDIS_URL'] ?? '', { lazyConnect: true })
 * export const POST = enqueue(clerkSync, bullmqQueue({ name: 'clerk', redis })).handler
 * ```
 */
export function bullmqQueue(options: BullmqQueueOptions): BullmqQueue {
  checkOptions('bullmqQueue', options, ['name', 'redis', 'prefix', 'durability'], { connection: 'redis' })
  const { name, redis, prefix, durability = 'checked' } = options
  checkConnection(redis)
  let opened: { connection: Redis; queue: Queue; kept: RedisDurability } | undefined
  const open = () => {
    if (opened) return opened
    const connection = redis.duplicate({ socketTimeout: redis.options.socketTimeout ?? SOCKET_TIMEOUT_MS })
    const queue = new Queue(name, { connection, ...(prefix !== undefined && { prefix }) })
    opened = { connection, queue, kept: new RedisDurability(connection) }
    return opened
  }

  const send = inGroups(ONE_STATEMENT, async (messages: readonly QueueMessage[]) => {
    const { queue, kept } = open()
    const add = () => queue.addBulk(messages.map((data) => ({ name: 'delivery', data, opts: JOB })))
    await (durability === 'checked' ? kept.keep(add) : add())
    return messages.map(() => undefined)
  })

  return {
    maxBytes: MAX_BYTES,
    send,
    check: async () => void (durability === 'checked' && (await open().kept.check())),
    async close() {
      if (!opened) return
      await opened.queue.close()
      opened.connection.disconnect()
    },
  }
}

/**
 * A worker of BullMQ that stores the deliveries of a queue. What its jobs bring meanwhile is stored together.
 *
 * A job that fails is tried 15 times over about 23 hours, and then stays among BullMQ's failed jobs: `job.retry()` tries it
 * again. One whose worker dies is taken over after `lockDuration`, 30 s by default.
 *
 * @param options - BullMQ's own, and those of {@link consume}. `concurrency`, 500 by default, is also the most that are
 * stored together.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { consumeBullmq } from '@clerk-sync/queue/bullmq'
 *
 * declare const clerkSync: ClerkSync
 *
 * const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: process.env['REDIS_URL'] ?? '' } })
 * process.once('SIGTERM', async () => {
 *   await worker.close()
 *   await clerkSync.close()
 * })
 * ```
 */
export function consumeBullmq(
  clerkSync: Consumer,
  name: string,
  { retiredSecrets, onFailure, ...options }: WorkerOptions & ConsumeOptions,
): Worker<QueueMessage, void> {
  checkConsumer('consumeBullmq(clerkSync, name)', clerkSync, { retiredSecrets })
  const store = inGroups({ most: AT_ONCE }, (messages: readonly ReceivedMessage[]) =>
    consume(clerkSync, messages, { retiredSecrets, onFailure }),
  )
  return new Worker<QueueMessage, void>(
    name,
    async ({ data, attemptsMade, opts }) => {
      const { error } = await store({ message: data, lastAttempt: attemptsMade + 1 >= (opts.attempts ?? 1) })
      if (error) throw error
    },
    // BullMQ gives a job up whose worker has died twice: a bad deployment kills it more often.
    { concurrency: AT_ONCE, maxStalledCount: ATTEMPTS, ...options },
  )
}

function checkConnection(redis: unknown): void {
  const has = (method: string) =>
    typeof redis === 'object' && redis !== null && typeof Reflect.get(redis, method) === 'function'
  const isCluster = typeof redis === 'object' && redis !== null && Reflect.get(redis, 'isCluster') === true
  if (has('duplicate') && has('call') && !isCluster) return
  throw new ClerkSyncError(
    'config_invalid',
    isCluster
      ? 'bullmqQueue takes a connection to one server: in a cluster, nobody says that all of its nodes have written a job.'
      : "bullmqQueue's redis is a connection of ioredis: new Redis(url, { lazyConnect: true }).",
  )
}
