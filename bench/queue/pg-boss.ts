import { consumePgBoss, pgBossQueue, pgBossQueueOptions } from '@clerk-sync/queue/pg-boss'
import { PgBoss } from 'pg-boss'
import type { Engine } from './engine.ts'
import type { QueueDatabase } from './queue-database.ts'

const QUEUE = 'clerk'
const DEAD = 'clerk-dead'

export async function openPgBoss({ url, count }: QueueDatabase): Promise<Engine> {
  const boss = new PgBoss(url)
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`))
  await boss.start()
  await boss.createQueue(DEAD, pgBossQueueOptions)
  await boss.createQueue(QUEUE, { ...pgBossQueueOptions, deadLetter: DEAD })
  return {
    name: 'pg-boss',
    queue: pgBossQueue(boss, QUEUE),
    async work(consumer) {
      const worker = await consumePgBoss(consumer, boss, QUEUE)
      return () => boss.offWork(QUEUE, { id: worker })
    },
    left: () => count("pgboss.job where state in ('created', 'retry', 'active')"),
    close: () => boss.stop(),
  }
}
