import { graphileQueue, graphileTask } from '@clerk-sync/queue/graphile-worker'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { Engine } from './engine.ts'
import type { QueueDatabase } from './queue-database.ts'

const TASK = 'clerk_delivery'
const logger = new Logger(() => () => {})

export async function openGraphileWorker({ url, count }: QueueDatabase): Promise<Engine> {
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  return {
    name: 'graphile-worker',
    queue: graphileQueue(utils, TASK),
    async work(consumer) {
      const runner = await run({
        taskList: { [TASK]: graphileTask(consumer) },
        preset: {
          worker: {
            connectionString: url,
            concurrentJobs: 500,
            localQueue: { size: 501 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
        noHandleSignals: true,
        logger,
      })
      return () => runner.stop()
    },
    left: () => count('graphile_worker._private_jobs'),
    close: async () => utils.release(),
  }
}
