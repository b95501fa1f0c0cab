import { checkOptions } from '@clerk-sync/core/adapter'
import type { AddJobsFunction, Task } from 'graphile-worker'
import {
  CONSUME_OPTIONS,
  type ConsumeOptions,
  type Consumer,
  checkConsumer,
  consume,
  type ReceivedMessage,
} from './consume.ts'
import { explaining } from './engine-trouble.ts'
import type { DeliveryQueue } from './enqueue.ts'
import { inGroups } from './groups.ts'
import { ONE_STATEMENT, type QueueMessage } from './message.ts'

/** A value of `json` has 1 GB: Clerk's bodies have 1 MiB at most. */
const MAX_BYTES = 16_777_216
const AT_ONCE = 500

/**
 * A queue of graphile-worker for {@link enqueue}: deliveries that come while others are being added are added together.
 *
 * @param utils - of `makeWorkerUtils`
 * @param task - the task's name; give its worker {@link graphileTask} under the same
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { enqueue } from '@clerk-sync/queue'
 * import { graphileQueue } from '@clerk-sync/queue/graphile-worker'
 * import { makeWorkerUtils } from 'graphile-worker'
 *
 * declare const clerkSync: ClerkSync
 *
 * const utils = await makeWorkerUtils({ connectionString: process.env['QUEUE_DATABASE_URL'] ?? '' })
 * await utils.migrate()
 * export const POST = enqueue(clerkSync, graphileQueue(utils, 'clerk_delivery')).handler
 * ```
 */
export function graphileQueue(utils: { readonly addJobs: AddJobsFunction }, task: string): DeliveryQueue {
  return {
    maxBytes: MAX_BYTES,
    // No `jobKey`: a message whose job is under way would replace it, or be dropped.
    send: explaining(
      inGroups(ONE_STATEMENT, async (messages: readonly QueueMessage[]) => {
        await utils.addJobs(messages.map((payload) => ({ identifier: task, payload })))
        return messages.map(() => undefined)
      }),
    ),
  }
}

/**
 * The task that stores deliveries, for `taskList`: those of the jobs that run at the same time are stored together, so give
 * the worker a `concurrency` and a `localQueue.size` of a few hundred.
 *
 * A job that fails is tried 25 times over about three days, and then stays in the table, where `last_error` says why. The
 * jobs of a worker that died wait for four hours, unless `utils.forceUnlockWorkers` frees them.
 *
 * @throws ClerkSyncError `config_invalid` where there is no secret to verify with, or a malformed one in `retiredSecrets`.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { graphileTask } from '@clerk-sync/queue/graphile-worker'
 * import { run } from 'graphile-worker'
 *
 * declare const clerkSync: ClerkSync
 *
 * const runner = await run({
 *   taskList: { clerk_delivery: graphileTask(clerkSync) },
 *   preset: {
 *     worker: {
 *       connectionString: process.env['QUEUE_DATABASE_URL'] ?? '',
 *       concurrentJobs: 500,
 *       localQueue: { size: 501 },
 *       completeJobBatchDelay: 0,
 *       failJobBatchDelay: 0,
 *     },
 *   },
 * })
 * await runner.promise
 * await clerkSync.close()
 * ```
 */
export function graphileTask(clerkSync: Consumer, options: ConsumeOptions = {}): Task {
  checkOptions('graphileTask', options, CONSUME_OPTIONS)
  checkConsumer('graphileTask(clerkSync)', clerkSync, options)
  const store = inGroups({ most: AT_ONCE }, (messages: readonly ReceivedMessage[]) =>
    consume(clerkSync, messages, options),
  )
  return async (message, { job }) => {
    const { error } = await store({ message, lastAttempt: job.attempts >= job.max_attempts })
    if (error) throw error
  }
}
