import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { enqueue } from '@clerk-sync/queue'
import { bullmqQueue } from '@clerk-sync/queue/bullmq'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { durabilityOf, untilDurable } from '../src/redis-durability.ts'
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

/** Redis has a WAITAOF that can be believed in 7.2, and since 8.0. */
function canWait(info: string): boolean {
  const [, version] = /redis_version:(\d+\.\d+)/.exec(info) ?? []
  return Number(version) >= 8 || version === '7.2'
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

test("Valkey's WAITAOF answers before the file is on the disk: it is asked for appendfsync always", async () => {
  const { url } = await startRedis(EVERY_SECOND, 'VALKEY')
  const { queue, route } = openRoute(url)
  await expect(queue.check()).rejects.toMatchObject({ message: expect.stringContaining('Set appendfsync always') })
  expect(await answerTo(route, signUp('user_1'))).toBe('config_invalid')
  await redisClient(url).call('CONFIG', 'SET', 'appendfsync', 'always')
  expect(await answerTo(route, signUp('user_1'))).toBe('queued')
})

test.each([
  ['a node of a cluster', ['--cluster-enabled', 'yes'], [], /cluster/],
  ['a replica', [], ['REPLICAOF', '127.0.0.1', '1'], /replica/],
  [
    'a file that a rewrite keeps from the disk',
    [],
    ['CONFIG', 'SET', 'no-appendfsync-on-rewrite', 'yes'],
    /no-appendfsync-on-rewrite no/,
  ],
] as const)('%s is refused', async (_, flags, [command = 'PING', ...args], says) => {
  const { url } = await startRedis([...DURABLE, ...flags])
  const { queue } = openRoute(url)
  await redisClient(url).call(command, ...args)
  const error = expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(says) })
  if (canWait(await redisClient(url).info()) && command === 'CONFIG') return void (await queue.check())
  await expect(queue.check()).rejects.toEqual(error)
})

test('a server that is changed while a route is connected to it is looked at again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { url } = await startRedis(DURABLE)
  const { route } = openRoute(url)
  const answered = async (id: string) => {
    vi.setSystemTime(Date.now() + 11_000)
    return answerTo(route, signUp(id))
  }
  expect(await answered('user_1')).toBe('queued')
  await redisClient(url).call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  expect(await answered('user_2')).toBe('config_invalid')
  await redisClient(url).call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  expect(await answered('user_3')).toBe('queued')
})

test('an answer of CONFIG that is an object, as with replyMapping, is read', async () => {
  const info = 'role:master\r\nredis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n'
  const settings: Record<string, string> = { appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' }
  const call = async (command: string, ...args: (string | number)[]) =>
    command === 'INFO' ? info : { [String(args[1])]: settings[String(args[1])] }
  expect(await durabilityOf({ call })).toBe('every write')
})

test.each([
  ['7.2.4', '', 'waitaof'],
  ['8.0.0', '', 'waitaof'],
  ['7.4.2', '', 'every write'],
  ['7.0.15', '', 'every write'],
  ['7.2.4', 'valkey_version:9.1.2\r\n', 'every write'],
])('Redis %s, %s: by %s', async (version, more, durability) => {
  const info = `role:master\r\nredis_version:${version}\r\n${more}maxmemory_policy:noeviction\r\naof_enabled:1\r\n`
  const settings: Record<string, string> = { appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' }
  const call = async (command: string, ...args: (string | number)[]) =>
    command === 'INFO' ? info : [args[1], settings[String(args[1])]]
  expect(await durabilityOf({ call })).toBe(durability)
})

test.each([
  ['Redis with appendfsync always', 'REDIS', DURABLE],
  ['Valkey with appendfsync always', 'VALKEY', DURABLE],
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
