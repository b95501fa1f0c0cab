import { pgBossQueue, pgBossQueueOptions } from '@clerk-sync/queue/pg-boss'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { onTestFinished, test } from 'vitest'
import { removeWorkerFile } from './kit/child.ts'
import { type Engine, floodAndKill } from './kit/flood.ts'
import { QUEUE, startedBoss } from './kit/workers.ts'

removeWorkerFile()

const DEAD = 'clerk-dead'

async function openEngine(): Promise<Engine> {
  const url = await freshDatabase('postgres', 'queue_boss')
  const query = rawPostgres(url, onTestFinished)
  const boss = await startedBoss(url)
  onTestFinished(() => boss.stop({ graceful: false }))
  await boss.createQueue(DEAD)
  const { heartbeatSeconds: _, ...options } = pgBossQueueOptions
  await boss.createQueue(QUEUE, { ...options, retryDelay: 1, retryDelayMax: 1, expireInSeconds: 2, deadLetter: DEAD })
  const count = async (name: string) => {
    const sql = `select count(*)::int as n from pgboss.job where name = $1 and state in ('created', 'retry', 'active')`
    return Number((await query(sql, [name]))[0]?.n)
  }
  return { queue: pgBossQueue(boss, QUEUE), url, left: () => count(QUEUE), dead: () => count(DEAD) }
}

test('a flood of deliveries through pg-boss, its workers killed: the history, every effect once', async () => {
  await floodAndKill('pg-boss', await openEngine())
})
