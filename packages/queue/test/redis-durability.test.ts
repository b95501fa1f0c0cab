import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { enqueue } from '@clerk-sync/queue'
import { bullmqQueue } from '@clerk-sync/queue/bullmq'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { untilDurable } from '../src/redis-durability.ts'
import { reopenedConnection } from '../src/reopened-connection.ts'
import { SECRET } from './kit/application.ts'
import { answerTo } from './kit/flood.ts'
import { messageOf, signUp } from './kit/messages.ts'
import { DURABLE, redisClient, startRedis, waitingAt } from './kit/redis.ts'

const EVERY_SECOND = ['--appendonly', 'yes', '--appendfsync', 'everysec']

function openRoute(url: string, durability?: 'given') {
  const queue = bullmqQueue({ name: 'clerk', redis: redisClient(url), durability })
  onTestFinished(() => queue.close())
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false })
  return { queue, route: enqueue(clerkSync, queue) }
}

/** Redis has WAITAOF since 7.2. */
function canWait(info: string): boolean {
  const [, major, minor] = /redis_version:(\d+)\.(\d+)/.exec(info) ?? []
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 2)
}

test('Redis as it comes loses what it has acknowledged at kill -9: no delivery is answered with it', async () => {
  const server = await startRedis()
  const bull = new Queue('clerk', { connection: { url: server.url } })
  onTestFinished(() => bull.close())
  await bull.addBulk(Array.from({ length: 50 }, (_, n) => ({ name: 'delivery', data: messageOf(signUp(`user_${n}`)) })))
  expect(await waitingAt(server.url)).toHaveLength(50)

  const { queue, route } = openRoute(server.url)
  await expect(queue.check()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/appendonly yes/),
  })
  expect(await answerTo(route, signUp('user_1'))).toBe('config_invalid')

  await server.kill()
  await server.start()
  expect(await waitingAt(server.url)).toEqual([])
})

test('a Redis that evicts keys is refused', async () => {
  const { url } = await startRedis([...DURABLE, '--maxmemory-policy', 'allkeys-lru'])
  const { route, queue } = openRoute(url)
  await expect(queue.check()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/noeviction/),
  })
  expect(await answerTo(route, signUp('user_1'))).toBe('config_invalid')
})

test('a server that is known to be durable by other means is not looked at', async () => {
  const { url } = await startRedis()
  const { route, queue } = openRoute(url, 'given')
  await queue.check()
  expect(await answerTo(route, signUp('user_1'))).toBe('queued')
})

test('a file that is written each second is enough only where the server can be asked to wait', async () => {
  const { url } = await startRedis(EVERY_SECOND)
  const info = await redisClient(url).info()
  const { route } = openRoute(url)
  expect(await answerTo(route, signUp('user_1'))).toBe(canWait(info) ? 'queued' : 'config_invalid')
})

test.each([
  ['Redis with appendfsync always', 'REDIS', DURABLE],
  ['Valkey with appendfsync everysec, by WAITAOF', 'VALKEY', EVERY_SECOND],
] as const)('%s: what was answered survives a kill -9 in the middle of a flood', async (_, kind, flags) => {
  const server = await startRedis(flags, kind)
  const { route } = openRoute(server.url)
  const answered: string[] = []
  const deliveries = Array.from({ length: 150 }, async (_, n) => {
    const event = signUp(`user_${n}`)
    // Not all at once, so that some are answered when the server dies.
    if (n >= 50) await expect.poll(() => answered.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(n - 49)
    if ((await answerTo(route, event)) === 'queued') answered.push(event.id)
  })
  await expect.poll(() => answered.length, { timeout: 20_000, interval: 1 }).toBeGreaterThan(60)
  await server.kill()
  const before = [...answered]
  await server.start()
  await Promise.all(deliveries)
  const waiting = new Set(await waitingAt(server.url))
  expect(before.filter((id) => !waiting.has(id))).toEqual([])
  expect(answered.filter((id) => !waiting.has(id))).toEqual([])
})

test('a connection that breaks between the write and WAITAOF has proven nothing', async () => {
  const server = await startRedis(EVERY_SECOND, 'VALKEY')
  const opened = reopenedConnection(redisClient(server.url), async (redis) => redis)
  onTestFinished(() => opened.close())
  const keep = (write: (redis: Redis) => Promise<unknown>) =>
    opened.use(async (redis) => {
      await write(redis)
      await untilDurable(redis, 'waitaof')
    })
  await keep((redis) => redis.set('one', '1'))
  const writing = keep(async (redis) => {
    await redis.set('two', '2')
    await server.kill()
    await server.start()
  })
  await expect(writing).rejects.toMatchObject({ code: 'queue_failed' })
  await keep((redis) => redis.set('three', '3'))
})

test('a user that may not read appendfsync is told so, where it matters', async () => {
  const { url } = await startRedis(DURABLE)
  const admin = redisClient(url)
  await admin.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-config')
  const { queue } = openRoute(url.replace('//', '//app:secret@'))
  if (canWait(await admin.info())) return void (await queue.check())
  await expect(queue.check()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/NOPERM.*\+config\|get/),
  })
  await admin.call('ACL', 'SETUSER', 'app', '+config|get')
  await queue.check()
})
