// Redis is away, or lets nobody in, for a while: the route and the worker work as soon as it is back, and say what was wrong.
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { enqueue } from '@clerk-sync/queue'
import { bullmqQueue, consumeBullmq } from '@clerk-sync/queue/bullmq'
import { Queue } from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SECRET } from './kit/application.ts'
import { answerTo } from './kit/flood.ts'
import { messageOf, signUp } from './kit/messages.ts'
import { DURABLE, type RedisServer, redisClient, startRedis, waitingAt } from './kit/redis.ts'

const clerkSync = createClerkSync({
  adapter: memoryAdapter({ users: { columns: { email: {} } } }),
  signingSecret: SECRET,
  logger: false,
})

function openQueue(redis: Redis) {
  const queue = bullmqQueue({ name: 'clerk', redis })
  onTestFinished(() => queue.close())
  const send = (id: string) => queue.send(messageOf(signUp(id)), new AbortController().signal)
  return { queue, send, route: enqueue(clerkSync, queue) }
}

function printed() {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => lines.mockRestore())
  return () => lines.mock.calls.map(([line]) => String(line))
}

type Reconnecting = Pick<RedisOptions, 'lazyConnect' | 'retryStrategy' | 'enableOfflineQueue' | 'maxRetriesPerRequest'>

const OPTIONS: readonly [what: string, options: Reconnecting][] = [
  ['lazyConnect', { lazyConnect: true }],
  ["ioredis' own options", {}],
  ['no retries', { lazyConnect: true, retryStrategy: () => null }],
  ['no offline queue, and no end of retries', { enableOfflineQueue: false, maxRetriesPerRequest: null }],
]

test.each(OPTIONS)('a route that came up before Redis works as soon as Redis does: %s', async (_, options) => {
  const server = await startRedis(DURABLE)
  await server.kill()
  const redis = new Redis(server.url, options)
  redis.on('error', () => {})
  onTestFinished(() => redis.disconnect())
  const { queue, route } = openQueue(redis)
  const checking = expect(queue.check()).rejects.toMatchObject({
    code: 'queue_failed',
    message: expect.stringContaining(new URL(server.url).host),
  })
  expect(await answerTo(route, signUp('user_1'))).toBe('queue_failed')
  await checking

  await server.start()
  const event = signUp('user_2')
  expect(await answerTo(route, event)).toBe('queued')
  await queue.check()
  expect(await waitingAt(server.url)).toEqual([event.id])
})

test('a delivery waits for a Redis that is starting anew', async () => {
  const server = await startRedis(DURABLE)
  await server.kill()
  const { send } = openQueue(redisClient(server.url))
  await Promise.all([send('user_1'), server.start()])
  expect(await waitingAt(server.url)).toHaveLength(1)
})

test.each([true, false])(
  'a password that is wrong for a while, lazyConnect %s: in no message, and no harm after',
  async (lazyConnect) => {
    const server = await startRedis(DURABLE)
    const admin = redisClient(server.url)
    await admin.config('SET', 'requirepass', 'another')
    const redis = new Redis(server.url.replace('//', '//:the-password@'), { lazyConnect })
    redis.on('error', () => {})
    onTestFinished(() => redis.disconnect())
    const { queue, send } = openQueue(redis)
    for (const call of [queue.check, () => send('user_1')]) {
      const error: unknown = await call().then(
        () => undefined,
        (reason) => reason,
      )
      expect(error).toMatchObject({ code: 'queue_failed', message: expect.stringContaining('WRONGPASS') })
      expect(inspect(error, { depth: 9 })).not.toContain('the-password')
    }
    await admin.config('SET', 'requirepass', 'the-password')
    await send('user_2')
    await queue.check()
    await admin.config('SET', 'requirepass', '')
    expect(await waitingAt(server.url)).toHaveLength(1)
  },
)

test('what Redis refuses is not quoted with the delivery', async () => {
  const server = await startRedis(DURABLE)
  const { send } = openQueue(redisClient(server.url))
  await send('user_1')
  await redisClient(server.url).config('SET', 'maxmemory', '1')
  const error: unknown = await send('user_private').then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toMatchObject({ code: 'queue_failed', message: expect.stringMatching(/OOM .*Its memory is full/) })
  expect(error).not.toMatchObject({ message: expect.stringMatching(/address|password/) })
  expect(inspect(error, { depth: 9 })).not.toContain('user_private')
})

test('a queue that is closed takes nothing, and opens nothing', async () => {
  const { url } = await startRedis(DURABLE)
  const { queue, send } = openQueue(redisClient(url))
  await send('user_1')
  await queue.close()
  // Redis numbers its connections.
  const connection = () => redisClient(url).client('ID')
  const before = await connection()
  await expect(send('user_2')).rejects.toMatchObject({
    code: 'queue_failed',
    message: expect.stringMatching(/close\(\)/),
  })
  expect(await connection()).toBe(before + 1)
})

test('an outage is one line of the worker, which then goes on by itself', async () => {
  const lines = printed()
  const server = await startRedis(DURABLE)
  await server.kill()
  const worker = consumeBullmq(clerkSync, 'clerk', {
    connection: { url: server.url, retryStrategy: () => 50 },
    runRetryDelay: 100,
  })
  onTestFinished(() => worker.close())
  let attempts = 0
  worker.getBackend().on('error', () => attempts++)
  const { send } = openQueue(redisClient(server.url))
  for (const outage of [1, 2]) {
    attempts = 0
    await expect.poll(() => attempts, { timeout: 10_000 }).toBeGreaterThan(5)
    await server.start()
    await send('user_1')
    await expect.poll(() => waitingAt(server.url), { timeout: 10_000 }).toEqual([])
    expect(lines()).toHaveLength(outage)
    expect(lines().at(-1)).toMatch(/^clerk-sync: the worker of clerk has no Redis, and tries again: /)
    await server.kill()
  }
  await server.start()
})

test('a worker rests where Redis refuses it, goes on by itself, and loses nothing', async () => {
  printed()
  const server = await startRedis(DURABLE)
  const admin = redisClient(server.url)
  const { send } = openQueue(redisClient(server.url))
  for (const id of ['user_1', 'user_2', 'user_3']) await send(id)
  await admin.config('SET', 'maxmemory', '1')
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: server.url } })
  onTestFinished(() => worker.close())
  const refusals: number[] = []
  worker.prependListener('error', () => refusals.push(performance.now()))
  // Without rests, it is a millisecond.
  await expect.poll(() => refusals.length, { timeout: 10_000 }).toBeGreaterThan(4)
  expect((refusals[4] ?? 0) - (refusals[0] ?? 0)).toBeGreaterThan(250)
  await admin.config('SET', 'maxmemory', '0')
  await expect.poll(() => waitingAt(server.url), { timeout: 10_000 }).toEqual([])
  await expect.poll(() => clerkSync.find('user', 'user_3'), { timeout: 10_000 }).toBeDefined()
})

test('a worker that nobody has started is not started by a refusal', async () => {
  printed()
  const server = await startRedis(DURABLE)
  const { send } = openQueue(redisClient(server.url))
  await send('user_1')
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: server.url }, autorun: false })
  onTestFinished(() => worker.close())
  const resumed = vi.spyOn(worker, 'resume')
  worker.emit('error', new Error('NOAUTH Authentication required.'))
  expect(worker.isPaused()).toBe(false)
  expect(worker.isRunning()).toBe(false)
  void worker.run()
  await expect.poll(() => waitingAt(server.url), { timeout: 10_000 }).toEqual([])
  expect(resumed).not.toHaveBeenCalled()
})

test('the pause of the application waits for what is being stored, also where the worker rests', async () => {
  printed()
  const server = await startRedis(DURABLE)
  const { send } = openQueue(redisClient(server.url))
  await send('user_1')
  const { promise: stored, resolve: store } = Promise.withResolvers<void>()
  let isStoring = false
  const slow = {
    ...clerkSync,
    applyMany: async (...given: Parameters<typeof clerkSync.applyMany>) => {
      isStoring = true
      await stored
      return clerkSync.applyMany(...given)
    },
  }
  const worker = consumeBullmq(slow, 'clerk', { connection: { url: server.url } })
  onTestFinished(() => worker.close())
  await expect.poll(() => isStoring, { timeout: 10_000 }).toBe(true)
  worker.emit('error', new Error('OOM command not allowed'))
  expect(worker.isPaused()).toBe(true)
  let isOver = false
  const paused = worker.pause().then(() => {
    isOver = true
  })
  await sleep(200)
  expect(isOver).toBe(false)
  store()
  await paused
})

test('a worker that rests, since Redis refuses it, closes at once', async () => {
  printed()
  const server = await startRedis(DURABLE)
  const { send } = openQueue(redisClient(server.url))
  await send('user_1')
  await redisClient(server.url).config('SET', 'maxmemory', '1')
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: server.url } })
  await expect.poll(() => worker.isPaused(), { timeout: 10_000, interval: 5 }).toBe(true)
  expect(await msOf(() => worker.close())).toBeLessThan(5000)
  await sleep(300)
  expect(worker.isRunning()).toBe(false)
  expect(await waitingAt(server.url)).toHaveLength(1)
})

test('a worker that the application pauses while it rests stays paused', async () => {
  printed()
  const server = await startRedis(DURABLE)
  await redisClient(server.url).config('SET', 'maxmemory', '1')
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: server.url } })
  onTestFinished(() => worker.close())
  await expect.poll(() => worker.isPaused(), { timeout: 10_000, interval: 5 }).toBe(true)
  await worker.pause(true)
  let resumed = false
  worker.on('resumed', () => {
    resumed = true
  })
  await sleep(400)
  expect(resumed).toBe(false)
  await redisClient(server.url).config('SET', 'maxmemory', '0')
})

test.each([
  ['was never there', async (server: RedisServer) => server.kill()],
  ['has gone', async () => {}],
])('a worker whose Redis %s closes at once', async (_, before) => {
  printed()
  const server = await startRedis(DURABLE)
  await before(server)
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url: server.url } })
  await Promise.race([worker.waitUntilReady(), sleep(300)])
  await server.kill()
  expect(await msOf(() => worker.close())).toBeLessThan(5000)
})

test('a worker that closes without Redis waits for what it is storing, which comes again', async () => {
  printed()
  const server = await startRedis(DURABLE)
  const { send, queue } = openQueue(redisClient(server.url))
  await send('user_1')
  const storing = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  let isStored = false
  const slow: typeof clerkSync = {
    ...clerkSync,
    async applyMany(...given) {
      storing.resolve()
      await done.promise
      isStored = true
      return clerkSync.applyMany(...given)
    },
  }
  const worker = consumeBullmq(slow, 'clerk', { connection: { url: server.url } })
  await storing.promise
  await server.kill()
  const closed = worker.close().then(() => isStored)
  await expect(Promise.race([closed, sleep(300, 'still storing')])).resolves.toBe('still storing')
  done.resolve()
  await expect(closed).resolves.toBe(true)
  await server.start()
  await queue.check()
  const bull = new Queue('clerk', { connection: { url: server.url } })
  onTestFinished(() => bull.close())
  expect(await bull.getActiveCount()).toBe(1)
})

test('a route that closes while a delivery waits for Redis tells it at once', async () => {
  const server = await startRedis(DURABLE)
  await server.kill()
  const { queue, send } = openQueue(redisClient(server.url))
  const sending = send('user_1').catch(({ code }) => code)
  await sleep(250)
  const began = performance.now()
  await queue.close()
  expect(await sending).toBe('queue_failed')
  expect(performance.now() - began).toBeLessThan(2000)
})

test.each([
  ['an address with TLS, and a server without', (plain: string) => plain.replace('redis:', 'rediss:'), 'REDIS'],
  ['an address without TLS, and a server with it', (plain: string) => plain, 'REDIS with TLS'],
] as const)('%s: the message names that, in the route and in the worker', async (_, addressOf, kind) => {
  const lines = printed()
  const server = await startRedis(DURABLE, kind)
  const url = addressOf(server.url)
  const { queue } = openQueue(redisClient(url))
  await expect(queue.check()).rejects.toMatchObject({
    code: 'queue_failed',
    message: expect.stringMatching(/TLS.* rediss:\/\/ with it/),
  })
  const worker = consumeBullmq(clerkSync, 'clerk', { connection: { url, connectTimeout: 500 } })
  onTestFinished(() => worker.close())
  await expect.poll(lines, { timeout: 10_000 }).toEqual([expect.stringMatching(/has no Redis.*rediss:\/\/ with it/)])
})

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
