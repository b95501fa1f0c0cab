// How each engine's worker is started in the tests: with times that are short enough to see a dead one taken over.
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Consumer } from '@clerk-sync/queue'
import { consumeBullmq } from '@clerk-sync/queue/bullmq'
import { graphileTask } from '@clerk-sync/queue/graphile-worker'
import { consumePgBoss } from '@clerk-sync/queue/pg-boss'
import { consumeSqs } from '@clerk-sync/queue/sqs'
import { Logger, run } from 'graphile-worker'
import { PgBoss } from 'pg-boss'

export const QUEUE = 'clerk'
export const TASK = 'clerk_delivery'

/** What AWS' client is given for the emulator. */
export function sqsClient(endpoint: string): SQSClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return new SQSClient({ endpoint, region: 'us-east-1', credentials })
}

/** @param url - of the engine's server */
export const workers: Readonly<Record<string, (clerkSync: Consumer, url: string) => Promise<unknown>>> = {
  async bullmq(clerkSync, url) {
    return consumeBullmq(clerkSync, QUEUE, {
      connection: { url },
      lockDuration: 1000,
      stalledInterval: 300,
      concurrency: 50,
    })
  },
  async 'pg-boss'(clerkSync, url) {
    const boss = await startedBoss(url)
    return consumePgBoss(clerkSync, boss, QUEUE, { pollingIntervalSeconds: 0.5, batchSize: 50 })
  },
  async 'graphile-worker'(clerkSync, connectionString) {
    return run({
      taskList: { [TASK]: graphileTask(clerkSync) },
      preset: { worker: { connectionString, concurrentJobs: 50, localQueue: { size: 50 }, pollInterval: 200 } },
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
    })
  },
  async sqs(clerkSync, url) {
    const { origin } = new URL(url)
    return consumeSqs(clerkSync, sqsClient(origin), { queueUrl: url, pollers: 4 })
  },
}

export async function startedBoss(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, max: 4 })
  // A server that ends before it is no news here.
  boss.on('error', () => {})
  return boss.start()
}
