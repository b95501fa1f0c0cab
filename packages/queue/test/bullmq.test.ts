import { enqueue } from '@clerk-sync/queue'
import { bullmqQueue, consumeBullmq } from '@clerk-sync/queue/bullmq'
import { Queue, Worker } from 'bullmq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openApplication } from './kit/application.ts'
import { removeWorkerFile } from './kit/child.ts'
import { applicationDatabase } from './kit/database.ts'
import { answerTo, floodAndKill } from './kit/flood.ts'
import { messageOf, poison, signUp } from './kit/messages.ts'
import { DURABLE, redisClient, startRedis } from './kit/redis.ts'
import { silentProxy } from './kit/silent-proxy.ts'
import { expectOneEffect } from './kit/two-workers.ts'
import { QUEUE } from './kit/workers.ts'

removeWorkerFile()

async function openEngine() {
  const { url } = await startRedis(DURABLE)
  const queue = bullmqQueue({ name: QUEUE, redis: redisClient(url) })
  onTestFinished(() => queue.close())
  // What BullMQ itself says of the queue.
  const bull = new Queue(QUEUE, { connection: { url } })
  onTestFinished(() => bull.close())
  const left = async () => {
    const { waiting = 0, active = 0, delayed = 0, prioritized = 0 } = await bull.getJobCounts()
    return waiting + active + delayed + prioritized
  }
  return { queue, url, bull, left, dead: () => bull.getFailedCount() }
}

test('a flood of deliveries through BullMQ, its workers killed: the history, every effect once', async () => {
  await floodAndKill('bullmq', await openEngine())
})

test('two workers of BullMQ on one job, whose lock ran out: one effect', async () => {
  const engine = await openEngine()
  const client = redisClient(engine.url)
  let held: string | undefined
  await expectOneEffect('queue_bullmq_two', engine, async (consumer) => {
    const worker = consumeBullmq(consumer, QUEUE, { connection: { url: engine.url }, stalledInterval: 200 })
    worker.on('active', ({ id }) => {
      // As if its 30 s were over.
      if (held === undefined) void client.del(`bull:${QUEUE}:${id}:lock`)
      held ??= id
    })
    // It says that its lock is gone.
    worker.on('error', () => {})
    return () => worker.close()
  })
})

test('a job that BullMQ gives up, since its worker died, is told like what fails, without data of it', async () => {
  const { queue, url, dead } = await openEngine()
  const { clerkSync, close } = openApplication((await applicationDatabase('queue_bullmq_stalled')).url)
  onTestFinished(close)
  await queue.send(messageOf(signUp('user_private')), new AbortController().signal)
  const dying = new Worker(QUEUE, null, { connection: { url }, autorun: false, lockDuration: 10 })
  expect(await dying.getNextJob('its lock')).toBeDefined()
  await dying.close()

  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => lines.mockRestore())
  const worker = consumeBullmq(clerkSync, QUEUE, { connection: { url }, stalledInterval: 50, maxStalledCount: 0 })
  onTestFinished(() => worker.close())
  await expect.poll(dead, { timeout: 10_000 }).toBe(1)
  await expect
    .poll(() => lines.mock.calls, { timeout: 10_000 })
    .toEqual([
      [expect.stringMatching(/^clerk-sync: store_failed: .* given up job 1 of clerk .* dead letters\. https:\S+$/)],
    ])
})

test('an event that cannot be stored ends among the failed jobs and the dead letters, and can be stored later', async () => {
  const { queue, url, bull, left, dead } = await openEngine()
  const { url: databaseUrl, query } = await applicationDatabase('queue_bullmq_poison')
  const { clerkSync, close } = openApplication(databaseUrl)
  onTestFinished(close)
  const worker = consumeBullmq(clerkSync, QUEUE, { connection: { url }, onFailure: () => {} })
  onTestFinished(() => worker.close())
  const route = enqueue(clerkSync, queue)
  for (const event of [signUp('user_1'), poison('user_2'), signUp('user_3')]) await answerTo(route, event)
  // In the place of 23 hours.
  const attempts = async () => {
    await bull.promoteJobs()
    return dead()
  }
  await expect.poll(attempts, { timeout: 30_000, interval: 20 }).toBe(1)
  expect(await left()).toBe(0)
  const [job] = await bull.getFailed()
  expect(job?.attemptsMade).toBe(15)
  expect(job?.failedReason).toContain('too long')
  expect(await clerkSync.deadLetters.list()).toMatchObject([
    { code: 'value_refused', event: { data: { id: 'user_2' } } },
  ])

  await query('alter table users alter column email type text')
  await job?.retry()
  await expect.poll(dead).toBe(0)
  await expect.poll(left).toBe(0)
  expect((await query('select id from users order by id')).map(({ id }) => id)).toEqual(['user_1', 'user_2', 'user_3'])
  expect(await clerkSync.deadLetters.list()).toEqual([])
})

test('a connection to Redis that is dead is ended, and the next delivery goes through another', async () => {
  const server = await startRedis(DURABLE)
  const proxy = await silentProxy(server.url)
  const queue = bullmqQueue({ name: QUEUE, redis: redisClient(proxy.url) })
  onTestFinished(() => queue.close())
  const send = (id: string) => queue.send(messageOf(signUp(id)), new AbortController().signal)
  await send('user_1')
  proxy.silence()
  await expect(send('user_2')).rejects.toMatchObject({ code: 'queue_failed' })
  await send('user_3')
  const bull = new Queue(QUEUE, { connection: { url: server.url } })
  onTestFinished(() => bull.close())
  const sent = (await bull.getWaiting()).map(({ data }) => JSON.parse(data.body).data.id)
  expect(sent).toEqual(expect.arrayContaining(['user_1', 'user_3']))
}, 30_000)

test('why there is no jobId: BullMQ acknowledges a message whose job has failed, and never runs it', async () => {
  const { queue, url, bull, dead } = await openEngine()
  const message = messageOf(signUp('user_1'))
  let isUp = false
  const runs: unknown[] = []
  const worker = new Worker(
    QUEUE,
    async ({ data }) => {
      runs.push(data)
      if (!isUp) throw new Error('The database is away.')
    },
    { connection: { url } },
  )
  onTestFinished(() => worker.close())
  await bull.add('delivery', message, { jobId: message.id, attempts: 1 })
  await expect.poll(dead).toBe(1)

  isUp = true
  // Clerk sends it again, and is told 200.
  await expect(bull.add('delivery', message, { jobId: message.id, attempts: 1 })).resolves.toBeDefined()
  expect(await bull.getWaitingCount()).toBe(0)
  expect(await dead()).toBe(1)
  expect(runs).toHaveLength(1)

  await queue.send(message, new AbortController().signal)
  await expect.poll(() => runs).toHaveLength(2)
})
