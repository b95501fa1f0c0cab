import { bullmqQueue, consumeBullmq } from '@clerk-sync/queue/bullmq'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import type { Engine } from './engine.ts'

const NAME = 'clerk'

export async function openBullmq(url: string): Promise<Engine> {
  const queue = bullmqQueue({ name: NAME, redis: new Redis(url, { lazyConnect: true }) })
  await queue.check()
  const bull = new Queue(NAME, { connection: { url } })
  return {
    name: 'BullMQ',
    queue,
    async work(consumer) {
      const worker = consumeBullmq(consumer, NAME, { connection: { url } })
      return () => worker.close()
    },
    async left() {
      const { waiting = 0, active = 0, delayed = 0 } = await bull.getJobCounts('waiting', 'active', 'delayed')
      return waiting + active + delayed
    },
    async close() {
      await bull.close()
      await queue.close()
    },
  }
}
