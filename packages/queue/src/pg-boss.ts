import { ClerkSyncError } from '@clerk-sync/core'
import type { JobResult, JobWithMetadata, PgBoss, QueueResult, WorkOptions } from 'pg-boss'
import { type ConsumeOptions, type Consumer, checkConsumer, consume } from './consume.ts'
import { explaining } from './engine-trouble.ts'
import type { DeliveryQueue } from './enqueue.ts'
import { inGroups } from './groups.ts'
import { ONE_STATEMENT, type QueueMessage } from './message.ts'
import { ATTEMPTS, FIRST_DELAY_S } from './retries.ts'

/** A value of `jsonb` has 255 MB: Clerk's bodies have 1 MiB at most. */
const MAX_BYTES = 16_777_216
const AT_ONCE = 500
/** What pg-boss gives a queue that says nothing. */
const RETENTION_BY_ITSELF_S = 14 * 86_400

/**
 * What a queue for deliveries should be created with, beside its `deadLetter`: 15 attempts over about 23 hours, and a worker
 * that died is noticed within two minutes, or sooner with a smaller `monitorIntervalSeconds` of pg-boss. One that works may
 * take two hours for the jobs that it has at a time, whose hooks run one after the other: with pg-boss' own 15 minutes, slow
 * ones would cost all of them an attempt, the stored ones too. A job that waits is kept for 90 days. Create the dead-letter
 * queue with it as well: its jobs are waiting ones, and pg-boss deletes them after 14 days by itself.
 */
export const pgBossQueueOptions = {
  retryLimit: ATTEMPTS - 1,
  retryDelay: FIRST_DELAY_S,
  retryBackoff: true,
  heartbeatSeconds: 30,
  expireInSeconds: 2 * 3600,
  retentionSeconds: 90 * 86_400,
} as const

/**
 * A queue of pg-boss for {@link enqueue}: deliveries that come while others are being inserted are inserted together, since
 * one statement for each would take longer than to store its event.
 *
 * @param boss - started, and the queue created
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { enqueue } from '@clerk-sync/queue'
 * import { pgBossQueue, pgBossQueueOptions } from '@clerk-sync/queue/pg-boss'
 * import { PgBoss } from 'pg-boss'
 *
 * declare const clerkSync: ClerkSync
 *
 * const boss = await new PgBoss(process.env['QUEUE_DATABASE_URL'] ?? '').start()
 * await boss.createQueue('clerk-dead', pgBossQueueOptions)
 * await boss.createQueue('clerk', { ...pgBossQueueOptions, deadLetter: 'clerk-dead' })
 * export const POST = enqueue(clerkSync, pgBossQueue(boss, 'clerk')).handler
 * ```
 */
export function pgBossQueue(boss: Pick<PgBoss, 'insert'>, name: string): DeliveryQueue {
  return {
    maxBytes: MAX_BYTES,
    // No `id` of ours, and no `singletonKey`: a message whose job has failed would be acknowledged when it is sent again,
    // and never run.
    send: explaining(
      inGroups(ONE_STATEMENT, async (messages: readonly QueueMessage[]) => {
        const jobs = messages.map((data) => ({ data }))
        const ids = await boss.insert(name, jobs, { returnId: true })
        if (ids?.length === messages.length) return messages.map(() => undefined)
        throw new ClerkSyncError(
          'config_invalid',
          `pg-boss has inserted ${ids?.length ?? 0} of ${messages.length} jobs into ${name}: its policy leaves some out. ` +
            'Create the queue with the policy "standard".',
        )
      }),
    ),
  }
}

/**
 * A worker of pg-boss that stores the deliveries of a queue, up to 500 at a time. Each job is completed or failed by itself;
 * one that has failed too often goes to the queue's `deadLetter`, from where `boss.redrive()` brings it back.
 *
 * @param options - pg-boss' own, and those of {@link consume}
 * @returns what `boss.work` gives: `boss.offWork(name)` ends it, and so does `boss.stop()`
 * @throws ClerkSyncError `config_invalid` for a queue that does not exist, for one without `deadLetter`, whose failed jobs
 * pg-boss would delete after 7 days, for one without retries, and where there is no secret to verify with.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { consumePgBoss } from '@clerk-sync/queue/pg-boss'
 * import { PgBoss } from 'pg-boss'
 *
 * declare const clerkSync: ClerkSync
 *
 * const boss = await new PgBoss(process.env['QUEUE_DATABASE_URL'] ?? '').start()
 * await consumePgBoss(clerkSync, boss, 'clerk')
 * process.once('SIGTERM', async () => {
 *   await boss.stop()
 *   await clerkSync.close()
 * })
 * ```
 */
export async function consumePgBoss(
  clerkSync: Consumer,
  boss: Pick<PgBoss, 'getQueue' | 'work'>,
  name: string,
  {
    retiredSecrets,
    onFailure,
    ...options
  }: Omit<WorkOptions, 'perJobResults' | 'includeMetadata' | 'transactional'> & ConsumeOptions = {},
): Promise<string> {
  checkConsumer('consumePgBoss(clerkSync, boss, name)', clerkSync, { retiredSecrets })
  await checkQueue(boss, name)
  const own = {
    batchSize: AT_ONCE,
    pollingIntervalSeconds: 1,
    burstWhenBatchFull: true,
    ...options,
    includeMetadata: true,
    perJobResults: true,
  } as const
  return boss.work(name, own, async (jobs: JobWithMetadata<QueueMessage>[]): Promise<JobResult[]> => {
    const received = jobs.map(({ data, retryCount, retryLimit }) => ({
      message: data,
      lastAttempt: retryCount >= retryLimit,
    }))
    const results = await consume(clerkSync, received, { retiredSecrets, onFailure })
    return jobs.map(({ id }, n) => {
      const error = results[n]?.error
      return error
        ? { id, status: 'failed', output: { code: error.code, message: error.message } }
        : { id, status: 'completed' }
    })
  })
}

async function checkQueue(boss: Pick<PgBoss, 'getQueue'>, name: string): Promise<void> {
  const queue = await boss.getQueue(name)
  const refused = (why: string) => new ClerkSyncError('config_invalid', why)
  if (!queue) {
    const create = `boss.createQueue('${name}', { ...pgBossQueueOptions, deadLetter })`
    throw refused(`There is no queue ${name} in this pg-boss. Create it first: ${create}.`)
  }
  if (!queue.deadLetter) {
    throw refused(
      `The queue ${name} of pg-boss has no dead-letter queue: what cannot be stored would be deleted some days after its ` +
        `last attempt. Create one, and name it: boss.updateQueue('${name}', { deadLetter }).`,
    )
  }
  if (queue.retryLimit === 0) {
    throw refused(
      `The queue ${name} of pg-boss has the retryLimit 0: where the database is away for a second, all that comes is a dead ` +
        `letter. Give it attempts: boss.updateQueue('${name}', { retryLimit: pgBossQueueOptions.retryLimit }).`,
    )
  }
  for (const kept of [queue, await boss.getQueue(queue.deadLetter)]) if (kept) warnOfRetention(kept)
}

/** 14 days may be meant: SQS has no more. */
function warnOfRetention({ name, retentionSeconds = RETENTION_BY_ITSELF_S }: QueueResult): void {
  if (retentionSeconds > RETENTION_BY_ITSELF_S) return
  const hours = Math.floor(retentionSeconds / 3600)
  const after = hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`
  console.warn(
    `clerk-sync: pg-boss deletes what waits in ${name} after ${after}, and Clerk has its ` +
      `200. To keep it for longer: boss.updateQueue('${name}', { retentionSeconds: pgBossQueueOptions.retentionSeconds }).`,
  )
}
