import { randomUUID } from 'node:crypto'
import { enqueue } from '@clerk-sync/queue'
import { consumePgBoss, pgBossQueue, pgBossQueueOptions } from '@clerk-sync/queue/pg-boss'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openApplication } from './kit/application.ts'
import { removeWorkerFile } from './kit/child.ts'
import { applicationDatabase } from './kit/database.ts'
import { answerTo, floodAndKill } from './kit/flood.ts'
import { messageOf, poison, signUp } from './kit/messages.ts'
import { startedBoss } from './kit/started-boss.ts'
import { expectOneEffect } from './kit/two-workers.ts'
import { QUEUE } from './kit/workers.ts'

removeWorkerFile()

const DEAD = 'clerk-dead'

async function openEngine(options: Parameters<Awaited<ReturnType<typeof startedBoss>>['createQueue']>[1] = {}) {
  const url = await freshDatabase('postgres', 'queue_boss')
  const query = rawPostgres(url, onTestFinished)
  const boss = await startedBoss(url)
  onTestFinished(() => boss.stop({ graceful: false }))
  await boss.createQueue(DEAD, pgBossQueueOptions)
  const { heartbeatSeconds: _, ...usual } = pgBossQueueOptions
  // A worker that died is noticed after two seconds.
  const quick = { ...usual, retryDelay: 1, retryDelayMax: 1, expireInSeconds: 2 }
  await boss.createQueue(QUEUE, { ...quick, deadLetter: DEAD, ...options })
  // What PostgreSQL itself says of the queue.
  const count = async (name: string) => {
    const states = "('created', 'retry', 'active')"
    const [row] = await query(`select count(*)::int as n from pgboss.job where name = $1 and state in ${states}`, [
      name,
    ])
    return Number(row?.n)
  }
  return { boss, query, queue: pgBossQueue(boss, QUEUE), url, left: () => count(QUEUE), dead: () => count(DEAD) }
}

test('a flood of deliveries through pg-boss, its workers killed: the history, every effect once', async () => {
  await floodAndKill('pg-boss', await openEngine())
})

test('two workers of pg-boss on one job that expired: one effect', async () => {
  const engine = await openEngine({ expireInSeconds: 1 })
  await expectOneEffect('queue_boss_two', engine, async (consumer) => {
    const boss = await startedBoss(engine.url)
    await consumePgBoss(consumer, boss, QUEUE, { pollingIntervalSeconds: 0.5 })
    return () => boss.stop()
  })
})

test('a queue with pgBossQueueOptions expires its jobs after two hours, and has a heartbeat of 30 s', async () => {
  const { boss } = await openEngine()
  expect(await boss.getQueue(DEAD)).toMatchObject({ expireInSeconds: 7200, heartbeatSeconds: 30 })
})

test('an event that cannot be stored goes to the dead-letter queue and to deadLetters, and comes back from there', async () => {
  const { boss, queue, left, dead } = await openEngine({ retryLimit: 1 })
  const { url, query } = await applicationDatabase('queue_boss_poison')
  const { clerkSync, close } = openApplication(url)
  onTestFinished(close)
  const attempts: boolean[] = []
  const onFailure = ({ lastAttempt }: { lastAttempt: boolean }) => void attempts.push(lastAttempt)
  await consumePgBoss(clerkSync, boss, QUEUE, { pollingIntervalSeconds: 0.5, onFailure })
  const route = enqueue(clerkSync, queue)
  for (const event of [signUp('user_1'), poison('user_2'), signUp('user_3')]) await answerTo(route, event)
  await expect.poll(dead, { timeout: 15_000 }).toBe(1)
  expect(await left()).toBe(0)
  expect(attempts).toEqual([false, true])
  expect(await clerkSync.deadLetters.list()).toMatchObject([
    { code: 'value_refused', event: { data: { id: 'user_2' } } },
  ])

  await query('alter table users alter column email type text')
  expect(await boss.redrive(DEAD)).toBe(1)
  await expect.poll(async () => (await query('select id from users')).length, { timeout: 15_000 }).toBe(3)
  await expect.poll(left).toBe(0)
  expect(await clerkSync.deadLetters.list()).toEqual([])
})

test('what waits in pg-boss, and its dead letters, are kept for 90 days, and not for 14', async () => {
  const { boss, queue, query } = await openEngine({ retryLimit: 0 })
  const send = (id: string) => queue.send(messageOf(signUp(id)), new AbortController().signal)
  await send('user_1')
  const [job] = await boss.fetch(QUEUE)
  await boss.fail(QUEUE, job?.id ?? '')
  await send('user_2')
  const kept =
    "select name, extract(day from keep_until - created_on)::int as days from pgboss.job where state = 'created'"
  expect(await query(`${kept} order by name`)).toEqual([
    { name: QUEUE, days: 90 },
    { name: DEAD, days: 90 },
  ])
})

test('a queue of pg-boss without a dead-letter queue gets no worker, and neither does one that is not there', async () => {
  const { boss } = await openEngine()
  await boss.createQueue('no-dead-letters', pgBossQueueOptions)
  const { clerkSync, close } = openApplication('')
  onTestFinished(close)
  const config = (message: RegExp) => ({ code: 'config_invalid', message: expect.stringMatching(message) })
  await expect(consumePgBoss(clerkSync, boss, 'no-dead-letters')).rejects.toMatchObject(
    config(/updateQueue.*deadLetter/),
  )
  await expect(consumePgBoss(clerkSync, boss, 'clerc')).rejects.toMatchObject(config(/no queue clerc/))
  await boss.updateQueue('no-dead-letters', { deadLetter: DEAD })
  await expect(consumePgBoss(clerkSync, boss, 'no-dead-letters')).resolves.toEqual(expect.any(String))
})

test('a queue of pg-boss without retries gets no worker: an outage of a second would make dead letters', async () => {
  const { boss } = await openEngine({ retryLimit: 0 })
  const { clerkSync, close } = openApplication('')
  onTestFinished(close)
  await expect(consumePgBoss(clerkSync, boss, QUEUE)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/retryLimit 0: .*updateQueue\('clerk', \{ retryLimit/),
  })
})

test('a dead-letter queue that pg-boss empties after 14 days is warned of, once, when the worker starts', async () => {
  const { boss } = await openEngine()
  const { clerkSync, close } = openApplication('')
  onTestFinished(close)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  await consumePgBoss(clerkSync, boss, QUEUE)
  expect(warn).not.toHaveBeenCalled()
  await boss.createQueue('made-by-itself')
  await boss.updateQueue(QUEUE, { deadLetter: 'made-by-itself' })
  await consumePgBoss(clerkSync, boss, QUEUE)
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/made-by-itself after 14 days.*retentionSeconds/)]])
})

test('deliveries that come together are inserted together', async () => {
  const { boss, query, left } = await openEngine()
  let statements = 0
  const queue = pgBossQueue(
    {
      insert: (...args) => {
        statements++
        return boss.insert(...args)
      },
    },
    QUEUE,
  )
  const messages = Array.from({ length: 100 }, (_, n) => messageOf(signUp(`user_${n}`)))
  await Promise.all(messages.map((message) => queue.send(message, new AbortController().signal)))
  expect(await left()).toBe(100)
  expect(statements).toBe(2)
  const [row] = await query('select data from pgboss.job where data ->> $1 = $2', ['id', messages[7]?.id])
  expect(row?.data).toEqual(messages[7])
})

test('why there is no id: pg-boss resolves for a message whose job has failed, and never runs it', async () => {
  const { boss, query, left } = await openEngine({ retryLimit: 0 })
  const job = { id: randomUUID(), data: messageOf(signUp('user_1')) }
  await boss.insert(QUEUE, [job])
  const [fetched] = await boss.fetch(QUEUE)
  await boss.fail(QUEUE, fetched?.id ?? '')

  // Clerk sends it again.
  await expect(boss.insert(QUEUE, [job])).resolves.toBe(null)
  await expect(boss.send(QUEUE, job.data, { id: job.id })).resolves.toBe(null)
  expect(await left()).toBe(0)
  expect(await query('select state from pgboss.job where id = $1', [job.id])).toEqual([{ state: 'failed' }])

  await pgBossQueue(boss, QUEUE).send(job.data, new AbortController().signal)
  expect(await left()).toBe(1)
})

test('a queue whose policy leaves jobs out is no queue for deliveries', async () => {
  const { queue } = await openEngine({ policy: 'short' })
  const send = (id: string) => queue.send(messageOf(signUp(id)), new AbortController().signal)
  await send('user_1')
  await expect(send('user_2')).rejects.toMatchObject({ code: 'config_invalid' })
})

test('what pg-boss throws is queue_failed, with its words where they quote nothing, and as the cause', async () => {
  const { boss } = await openEngine()
  const message = messageOf(signUp('user_1'))
  const send = (name: string, body = message.body) =>
    pgBossQueue(boss, name).send({ ...message, body }, new AbortController().signal)
  await expect(send('clerc')).rejects.toMatchObject({
    code: 'queue_failed',
    message: expect.stringMatching(/Queue clerc does not exist\. Create it/),
    cause: { message: expect.stringMatching(/clerc/) },
  })
  // jsonb has no such character, and PostgreSQL quotes what is around it.
  const error: unknown = await send(QUEUE, '\u0000 of ada@example.com').catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'queue_failed', cause: expect.any(Error) })
  expect(String(error)).not.toContain('ada@')
})
