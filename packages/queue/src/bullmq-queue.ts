import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { DeliveryQueue } from './enqueue.ts'
import { inGroups } from './groups.ts'
import { ONE_STATEMENT, type QueueMessage } from './message.ts'
import { type Durability, durabilityOf, untilDurable } from './redis-durability.ts'
import { reopenedConnection } from './reopened-connection.ts'
import { ATTEMPTS, FIRST_DELAY_S } from './retries.ts'

/** Redis holds 512 MB in a value: Clerk's bodies have 1 MiB at most. */
const MAX_BYTES = 16_777_216

/** Somebody may change a server while a route is connected to it. */
const LOOK_AGAIN_MS = 10_000

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
  /**
   * An ioredis connection, itself not used: deliveries go through a copy, which is opened at the first of them, and anew
   * after it broke, whatever `lazyConnect` and `retryStrategy` say.
   */
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
   * Looks at the server through the connection that deliveries take, for an application that would rather not start.
   * @throws ClerkSyncError `config_invalid` where a crash of it may lose deliveries that were answered; `queue_failed`, with
   * its address, where it does not answer within 3 s or refuses the login.
   */
  check(): Promise<void>
  /** To be called once no more deliveries come: what is under way, or sent after it, is `queue_failed`. */
  close(): Promise<void>
}

/**
 * A BullMQ queue for {@link enqueue}. It connects at the first delivery. While Redis is away, each delivery is answered 503
 * `queue_failed` within seconds, and the first one after it is back goes through.
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
 * declare const redisUrl: string
 *
 * const redis = new Redis(redisUrl, { lazyConnect: true })
 * export const POST = enqueue(clerkSync, bullmqQueue({ name: 'clerk', redis })).handler
 * ```
 */
export function bullmqQueue(options: BullmqQueueOptions): BullmqQueue {
  checkOptions('bullmqQueue', options, ['name', 'redis', 'prefix', 'durability'], { connection: 'redis' })
  const { name, redis, prefix, durability = 'checked' } = options
  checkName(name)
  checkConnection(redis)
  checkPrefix(redis)
  checkDurability(durability)
  async function look(connection: Redis): Promise<{ readonly kept: Durability; readonly at: number }> {
    const at = Date.now()
    if (durability === 'checked') return { kept: await durabilityOf(connection), at }
    await connection.ping()
    return { kept: 'every write', at }
  }

  const opened = reopenedConnection(redis, async (connection) => {
    const seen = await look(connection)
    const queue = new Queue(name, { connection, ...(prefix !== undefined && { prefix }) })
    // The delivery that fails says it.
    queue.on('error', () => {})
    await queue.waitUntilReady()
    return { connection, queue, seen }
  })

  const send = inGroups(ONE_STATEMENT, (messages: readonly QueueMessage[]) =>
    opened.use(async (current) => {
      const { connection, queue } = current
      if (Math.abs(Date.now() - current.seen.at) > LOOK_AGAIN_MS) current.seen = await look(connection)
      await queue.addBulk(messages.map((data) => ({ name: 'delivery', data, opts: JOB })))
      await untilDurable(connection, current.seen.kept)
      return messages.map(() => undefined)
    }),
  )

  return {
    maxBytes: MAX_BYTES,
    send,
    check: () => opened.use(async ({ connection }) => void (await look(connection))),
    close: async () => opened.close(),
  }
}

function checkDurability(durability: unknown): void {
  if (durability === 'checked' || durability === 'given') return
  throw new ClerkSyncError('config_invalid', "bullmqQueue's durability is 'checked', which is the default, or 'given'.")
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '' && !name.includes(':')) return
  throw new ClerkSyncError(
    'config_invalid',
    "bullmqQueue's name is a text without a colon, which BullMQ has for itself.",
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

function checkPrefix({ options }: Redis): void {
  if (!options.keyPrefix) return
  throw new ClerkSyncError(
    'config_invalid',
    "bullmqQueue's redis has a keyPrefix, which BullMQ cannot work with: leave it out, and give `prefix` to the queue and to " +
      'the worker.',
  )
}
