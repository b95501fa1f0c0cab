import { bullmqQueue } from '@clerk-sync/queue/bullmq'
import { Queue } from 'bullmq'
import { onTestFinished, test } from 'vitest'
import { removeWorkerFile } from './kit/child.ts'
import { type Engine, floodAndKill } from './kit/flood.ts'
import { DURABLE, redisClient, startRedis } from './kit/redis.ts'
import { QUEUE } from './kit/workers.ts'

removeWorkerFile()

/** What BullMQ itself says of the queue. */
function bullAt(url: string): Queue {
  const bull = new Queue(QUEUE, { connection: { url } })
  onTestFinished(() => bull.close())
  return bull
}

async function openEngine(): Promise<Engine> {
  const { url } = await startRedis(DURABLE)
  const queue = bullmqQueue({ name: QUEUE, redis: redisClient(url) })
  onTestFinished(() => queue.close())
  const bull = bullAt(url)
  return {
    queue,
    url,
    left: async () => {
      const { waiting = 0, active = 0, delayed = 0, prioritized = 0 } = await bull.getJobCounts()
      return waiting + active + delayed + prioritized
    },
    dead: () => bull.getFailedCount(),
  }
}

test('a flood of deliveries through BullMQ, its workers killed: the history, every effect once', async () => {
  await floodAndKill('bullmq', await openEngine())
})
