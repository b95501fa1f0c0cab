// How each engine's worker is started in the tests: with times that are short enough to see a dead one taken over.
import type { Consumer } from '@clerk-sync/queue'

export const QUEUE = 'clerk'
export const TASK = 'clerk_delivery'

/**
 * Each loads its own engine alone.
 * @param url - of the engine's server
 */
export const workers: Readonly<Record<string, (clerkSync: Consumer, url: string) => Promise<unknown>>> = {
  async bullmq(clerkSync, url) {
    const { consumeBullmq } = await import('@clerk-sync/queue/bullmq')
    const times = { lockDuration: 10_000, stalledInterval: 300 }
    return consumeBullmq(clerkSync, QUEUE, { connection: { url }, concurrency: 50, ...times })
  },
  async 'pg-boss'(clerkSync, url) {
    const { consumePgBoss } = await import('@clerk-sync/queue/pg-boss')
    const { startedBoss } = await import('./started-boss.ts')
    return consumePgBoss(clerkSync, await startedBoss(url), QUEUE, { pollingIntervalSeconds: 0.5, batchSize: 50 })
  },
  async 'graphile-worker'(clerkSync, connectionString) {
    const { graphileTask } = await import('@clerk-sync/queue/graphile-worker')
    const { Logger, run } = await import('graphile-worker')
    return run({
      taskList: { [TASK]: graphileTask(clerkSync) },
      preset: { worker: { connectionString, concurrentJobs: 50, localQueue: { size: 50 }, pollInterval: 200 } },
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
    })
  },
  async sqs(clerkSync, url) {
    const { consumeSqs } = await import('@clerk-sync/queue/sqs')
    const { sqsClient } = await import('./sqs-client.ts')
    return consumeSqs(clerkSync, sqsClient(new URL(url).origin), { queueUrl: url, pollers: 4 })
  },
}
