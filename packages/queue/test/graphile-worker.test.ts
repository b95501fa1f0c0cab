import { enqueue } from '@clerk-sync/queue'
import { graphileQueue, graphileTask } from '@clerk-sync/queue/graphile-worker'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { expect, onTestFinished, test } from 'vitest'
import { openApplication } from './kit/application.ts'
import { removeWorkerFile } from './kit/child.ts'
import { applicationDatabase } from './kit/database.ts'
import { answerTo, floodAndKill } from './kit/flood.ts'
import { poison, signUp } from './kit/messages.ts'
import { TASK } from './kit/workers.ts'

removeWorkerFile()

const quiet = new Logger(() => () => {})

async function openEngine() {
  const url = await freshDatabase('postgres', 'queue_graphile')
  const query = rawPostgres(url, onTestFinished)
  const utils = await makeWorkerUtils({ connectionString: url, logger: quiet })
  onTestFinished(async () => void (await utils.release()))
  await utils.migrate()
  const count = async (condition: string) => {
    const [row] = await query(`select count(*)::int as n from graphile_worker._private_jobs where ${condition}`)
    return Number(row?.n)
  }
  return {
    query,
    queue: graphileQueue(utils, TASK),
    url,
    left: () => count('attempts < max_attempts'),
    dead: () => count('attempts >= max_attempts'),
    async takeOver() {
      // Of the workers that are alive as well: what they run then runs twice.
      const locked = await query(
        'select distinct locked_by from graphile_worker._private_jobs where locked_by is not null',
      )
      await utils.forceUnlockWorkers(locked.map(({ locked_by }) => String(locked_by)))
    },
  }
}

test('a flood of deliveries through graphile-worker, its workers killed: the history, every effect once', async () => {
  await floodAndKill('graphile-worker', await openEngine())
})

test('an event that cannot be stored stays in the table with its reason, and deadLetters have it', async () => {
  const { url, queue, left, dead, query } = await openEngine()
  const database = await applicationDatabase('queue_graphile_poison')
  const { clerkSync, close } = openApplication(database.url)
  onTestFinished(close)
  const attempts: boolean[] = []
  const task = graphileTask(clerkSync, { onFailure: ({ lastAttempt }) => void attempts.push(lastAttempt) })
  const route = enqueue(clerkSync, queue)
  for (const event of [signUp('user_1'), poison('user_2'), signUp('user_3')]) await answerTo(route, event)
  // In the place of three days.
  await query('update graphile_worker._private_jobs set max_attempts = 2')
  const runner = await run({
    taskList: { [TASK]: task },
    preset: { worker: { connectionString: url, concurrentJobs: 10, pollInterval: 200 } },
    noHandleSignals: true,
    logger: quiet,
  })
  onTestFinished(() => runner.stop())
  await expect.poll(dead, { timeout: 20_000 }).toBe(1)
  await expect.poll(() => attempts).toEqual([false, true])
  await expect.poll(left).toBe(0)
  const [row] = await query('select last_error from graphile_worker._private_jobs where last_error is not null')
  expect(row?.last_error).toContain('too long')
  expect(await database.query('select id from users order by id')).toEqual([{ id: 'user_1' }, { id: 'user_3' }])
  expect(await clerkSync.deadLetters.list()).toMatchObject([{ event: { data: { id: 'user_2' } } }])
})
