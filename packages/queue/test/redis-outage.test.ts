// Redis is away, or lets nobody in, for a while: the route and the worker work as soon as it is back, and say what was wrong.
import { inspect } from 'node:util'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { enqueue } from '@clerk-sync/queue'
import { bullmqQueue, consumeBullmq } from '@clerk-sync/queue/bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SECRET } from './kit/application.ts'
import { answerTo } from './kit/flood.ts'
import { messageOf, signUp } from './kit/messages.ts'
import { DURABLE, redisClient, startRedis, waitingAt } from './kit/redis.ts'

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
  expect(error).toMatchObject({ code: 'queue_failed', message: expect.stringContaining('OOM') })
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
