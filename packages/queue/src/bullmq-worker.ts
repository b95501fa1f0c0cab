import { ClerkSyncError } from '@clerk-sync/core'
import { Worker, type WorkerOptions } from 'bullmq'
import { outlastOutages } from './bullmq-outage.ts'
import { type ConsumeOptions, type Consumer, checkConsumer, consume, type ReceivedMessage, tell } from './consume.ts'
import { inGroups } from './groups.ts'
import type { QueueMessage } from './message.ts'
import { ATTEMPTS } from './retries.ts'

const AT_ONCE = 500
const LEAST_LOCK_MS = 10_000
/** Of BullMQ's own retryStrategy. */
const LONGEST_PAUSE_MS = 20_000

/**
 * A worker of BullMQ that stores the deliveries of a queue. What its jobs bring meanwhile is stored together.
 *
 * A job that fails is tried 15 times over about 23 hours, and then stays among BullMQ's failed jobs: `job.retry()` tries it
 * again. One whose worker dies is taken over within about a minute: after `lockDuration`, when the next but one
 * `stalledInterval` is over, 30 s each by default. What BullMQ gives up as stalled is told to `onFailure` as `store_failed`,
 * without an event.
 *
 * What the worker itself has to say, such as that Redis is away, is one line on `console`, unless the application listens to
 * its `error`.
 *
 * @param options - BullMQ's own, and those of {@link consume}. `concurrency`, 500 by default, is also the most that are
 * stored together.
 * @throws ClerkSyncError `config_invalid` for a `lockDuration` below 10 s or not longer than `lockRenewTime`: a lock that runs
 * out while its batch is being stored gives the job to another worker, again and again; and for `lazyConnect`, with which
 * BullMQ keeps for ever that Redis was away when it started.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { consumeBullmq } from '@clerk-sync/queue/bullmq'
 *
 * declare const clerkSync: ClerkSync
 * declare const redisUrl: string
 *
 * const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: redisUrl } })
 * process.once('SIGTERM', async () => {
 *   // A database that does not answer holds it up. What is under way comes again.
 *   setTimeout(() => process.exit(1), 8000).unref()
 *   await worker.close()
 *   await clerkSync.close()
 *   process.exit()
 * })
 * ```
 */
export function consumeBullmq(
  clerkSync: Consumer,
  name: string,
  { retiredSecrets, onFailure, ...options }: WorkerOptions & ConsumeOptions,
): Worker<QueueMessage, void> {
  checkConsumer('consumeBullmq(clerkSync, name)', clerkSync, { retiredSecrets })
  checkLock(options)
  checkConnection(options.connection)
  const store = inGroups({ most: AT_ONCE }, (messages: readonly ReceivedMessage[]) =>
    consume(clerkSync, messages, { retiredSecrets, onFailure }),
  )
  const storing = new Set<Promise<unknown>>()
  const worker = new Worker<QueueMessage, void>(
    name,
    async ({ data, attemptsMade, opts }) => {
      const stored = store({ message: data, lastAttempt: attemptsMade + 1 >= (opts.attempts ?? 1) })
      storing.add(stored)
      const { error } = await stored.finally(() => storing.delete(stored))
      if (error) throw error
    },
    // BullMQ gives a job up whose worker has died twice: a bad deployment kills it more often. With the next death it is over.
    { concurrency: AT_ONCE, maxStalledCount: ATTEMPTS - 1, ...options, connection: tryingOn(options.connection) },
  )
  worker.on('failed', (job, error) => {
    // What consume has refused, it has told.
    if (ClerkSyncError.is(error)) return
    const isGivenUp = STALLED.test(error.message)
    tell(clerkSync, onFailure, {
      event: undefined,
      error: isGivenUp ? givenUp(name, job?.id, error) : notAcknowledged(name, job?.id, error),
      lastAttempt: isGivenUp || (job !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1)),
    })
  })
  outlastOutages(worker, storing)
  return worker
}

/** BullMQ's own words. */
const STALLED = /stalled more than allowable limit/

function notAcknowledged(queue: string, job: string | undefined, cause: Error): ClerkSyncError {
  return new ClerkSyncError(
    'queue_failed',
    `BullMQ did not take that job ${job} of ${queue} was stored: see that Redis takes writes. Stored twice, it is the same.`,
    { cause },
  )
}

function givenUp(queue: string, job: string | undefined, { message }: Error): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `BullMQ has given up job ${job} of ${queue} (${message}): its workers died while they had it, or did not renew its ` +
      'lock. Mend what ends them, then job.retry().',
  )
}

/** A connection that gives up is not opened again, and BullMQ's worker waits for it for ever. */
function tryingOn(connection: WorkerOptions['connection']): WorkerOptions['connection'] {
  if (!('retryStrategy' in connection) || typeof connection.retryStrategy !== 'function') return connection
  const { retryStrategy } = connection
  return { ...connection, retryStrategy: (times: number) => retryStrategy(times) ?? LONGEST_PAUSE_MS }
}

function checkLock({ lockDuration = 30_000, lockRenewTime = lockDuration / 2 }: WorkerOptions): void {
  if (lockDuration >= LEAST_LOCK_MS && lockRenewTime < lockDuration) return
  throw new ClerkSyncError(
    'config_invalid',
    `lockDuration must be ${LEAST_LOCK_MS} ms or more and longer than lockRenewTime, and they are ${lockDuration} and ` +
      `${lockRenewTime}: a lock that runs out while its batch is being stored gives the job to another worker, again and ` +
      'again. Leave them out, for 30 s and 15 s.',
  )
}

/** Its own form, of options, has it beside `url`; a connection has it in its options. */
function checkConnection(connection: unknown): void {
  const options = typeof connection === 'object' && connection !== null ? connection : {}
  const inner: unknown = Reflect.get(options, 'options')
  const isLazy = [options, inner].some(
    (one) => typeof one === 'object' && one !== null && Reflect.get(one, 'lazyConnect') === true,
  )
  if (!isLazy) return
  throw new ClerkSyncError(
    'config_invalid',
    'The connection of consumeBullmq has lazyConnect, with which BullMQ would never work where Redis is away when it starts. ' +
      'Leave lazyConnect out: a worker connects at once anyway.',
  )
}
