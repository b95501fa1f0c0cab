import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { consume, type DeliveryQueue, enqueue, type FailedMessage, type QueueMessage } from '@clerk-sync/queue'
import { consumeCloudflare } from '@clerk-sync/queue/cloudflare'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SECRET } from './kit/application.ts'
import { messageOf } from './kit/messages.ts'

const OTHER_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

/** An application over a memory store whose addresses are unique, and a queue that is a list. */
function openApplication({ deadLetters = false, maxBytes = 100_000 } = {}) {
  const adapter = memoryAdapter({ users: { columns: { email: { unique: true } } } }, { deadLetters })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false })
  const messages: unknown[] = []
  const queue: DeliveryQueue = {
    maxBytes,
    // As through an engine.
    send: async (message) => void messages.push(JSON.parse(JSON.stringify(message))),
  }
  const route = enqueue(clerkSync, queue)
  const deliver = async (event: ClerkEvent, secret = SECRET) => {
    const result = await route.receive(signedDelivery(event, { secret }))
    return result.ok ? result.outcome : result.error.code
  }
  const failures: FailedMessage[] = []
  const work = async ({ lastAttempt = false, retiredSecrets = [] as string[] } = {}) => {
    const received = messages.map((message) => ({ message, lastAttempt }))
    const results = await consume(clerkSync, received, {
      retiredSecrets,
      onFailure: (failure) => void failures.push(failure),
    })
    return results.map(({ error }) => error?.code ?? 'ok')
  }
  return { adapter, clerkSync, messages, deliver, work, failures }
}

const userOf = (id: string, email = `${id}@example.com`) =>
  clerkEvent('user.created', { id, email_addresses: [{ email_address: email }] })

test('nothing is stored before the worker has the message, and then all of it', async () => {
  const { adapter, deliver, work } = openApplication()
  expect(await deliver(userOf('user_1'))).toBe('queued')
  expect(await deliver(userOf('user_2'))).toBe('queued')
  expect(adapter.rows('users')).toEqual([])
  expect(await work()).toEqual(['ok', 'ok'])
  expect(await work()).toEqual(['ok', 'ok'])
  expect(adapter.rows('users').map(({ id }) => id)).toEqual(['user_1', 'user_2'])
})

test('one message that is not signed, or is none, fails alone', async () => {
  const { adapter, messages, deliver, work, failures } = openApplication()
  for (const id of ['user_1', 'user_2', 'user_3']) await deliver(userOf(id))
  const [first, second, third] = messages as QueueMessage[]
  messages.splice(1, 1, { ...second, body: second?.body.replaceAll('user_2', 'user_9') }, { ...third, id: 'msg_other' })
  messages.push(null, 'text', {}, { ...first, signature: 1 })
  const mismatch = 'signature_mismatch'
  const none = 'payload_invalid'
  expect(await work()).toEqual(['ok', mismatch, mismatch, 'ok', none, none, none, none])
  expect(adapter.rows('users').map(({ id }) => id)).toEqual(['user_1', 'user_3'])
  expect(failures).toHaveLength(6)
  expect(failures[0]).toMatchObject({ event: undefined, lastAttempt: false, error: { code: mismatch } })
})

test('a message waits for days, and over a rotation of the secret', async () => {
  const { adapter, clerkSync, work, messages } = openApplication()
  const timestamp = Date.now() - 14 * 86_400_000
  messages.push(messageOf(userOf('user_1'), { timestamp }))
  messages.push(messageOf(userOf('user_2'), { timestamp, secret: OTHER_SECRET }))
  const [old] = messages as [QueueMessage]
  const headers = { 'svix-id': old.id, 'svix-timestamp': old.timestamp, 'svix-signature': old.signature }
  // The route would refuse it: it is no attempt of now.
  expect(await clerkSync.receive({ headers, body: old.body })).toMatchObject({
    error: { code: 'timestamp_out_of_range' },
  })
  expect(await work()).toEqual(['ok', 'signature_mismatch'])
  expect(await work({ retiredSecrets: [OTHER_SECRET] })).toEqual(['ok', 'ok'])
  expect(adapter.rows('users')).toHaveLength(2)
})

test('an event that is refused is left to the engine, and on its last attempt kept as a dead letter as well', async () => {
  const { clerkSync, deliver, work, failures } = openApplication({ deadLetters: true })
  await deliver(userOf('user_1', 'same@example.com'))
  await deliver(userOf('user_2', 'same@example.com'))
  expect(await work()).toEqual(['ok', 'unique_conflict'])
  expect(await clerkSync.deadLetters.list()).toEqual([])
  expect(await work({ lastAttempt: true })).toEqual(['ok', 'unique_conflict'])
  expect(await clerkSync.deadLetters.list()).toMatchObject([
    { code: 'unique_conflict', event: { data: { id: 'user_2' } } },
  ])
  expect(failures.map(({ lastAttempt }) => lastAttempt)).toEqual([false, true])
})

test('a body that is too large for the engine is stored by the route', async () => {
  const { adapter, messages, deliver } = openApplication({ maxBytes: 20_000 })
  const large = (size: number, letter: string) =>
    clerkEvent('user.created', { id: `user_${size}`, public_metadata: { note: letter.repeat(size) } })
  expect(await deliver(large(20_000, 'a'))).toBe('created')
  // In bytes, not in characters.
  expect(await deliver(large(8_001, '語'))).toBe('created')
  expect(await deliver(large(8_000, 'b'))).toBe('queued')
  expect(messages).toHaveLength(1)
  expect(adapter.rows('users').map(({ id }) => id)).toEqual(['user_20000', 'user_8001'])
})

test('a queue that fails is 503, so that Clerk sends the delivery again', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false })
  const route = enqueue(clerkSync, { maxBytes: 1e6, send: () => Promise.reject(new Error('connect ECONNREFUSED')) })
  const { url, ...request } = { url: 'https://example.com', ...signedDelivery(userOf('user_1'), { secret: SECRET }) }
  const response = await route.handler(new Request(url, { method: 'POST', ...request }))
  expect([response.status, await response.text()]).toEqual([503, '{"code":"queue_failed"}'])
})

/** As ioredis, Redis, node-postgres, pg-boss and Node word them, and whether their words are for a log. */
const OF_ENGINES: readonly [error: Error, words: string][] = [
  [new Error('Connection is closed.'), 'in the queue: Connection is closed. See that'],
  [
    Object.assign(new Error('WRONGPASS invalid username-password pair or user is disabled.'), { name: 'ReplyError' }),
    'WRONGPASS invalid username-password pair or user is disabled. Check its user',
  ],
  [new Error('NOAUTH Authentication required.'), 'NOAUTH Authentication required. Check its user'],
  [
    // As Node gives it where a name has several addresses.
    Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:6379')]), { code: 'ECONNREFUSED' }),
    'in the queue: connect ECONNREFUSED ::1:6379. See',
  ],
  [
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' }),
    'in the queue: connect ECONNREFUSED 127.0.0.1:6379. See',
  ],
  [
    new Error('insert', {
      cause: Object.assign(new Error('password authentication failed for user "app"'), { code: '28P01' }),
    }),
    'password authentication failed for user "app". Check its user',
  ],
  [new Error('Queue clerk does not exist'), 'Queue clerk does not exist. Create it'],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), "'maxmemory'. Its memory is full"],
  [new Error("READONLY You can't write against a read only replica."), 'replica. It is a replica: give'],
  [new Error('MISCONF Redis is configured to save RDB snapshots'), 'snapshots. It cannot write to its disk'],
  [
    Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' }),
    'read-only transaction. Connect to its primary',
  ],
  [
    Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'self-signed certificate. Give the connection the authority',
  ],
  [new Error('ERR Error running script: ada@example.com'), 'error.cause has its own words'],
]

test.each(OF_ENGINES)(
  'why a queue did not take a delivery is printed where it quotes nothing of it: %s',
  async (cause, words) => {
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
    const route = enqueue(clerkSync, { maxBytes: 1e6, send: () => Promise.reject(cause) })
    const lines = printed()
    const result = await route.receive(signedDelivery(userOf('user_1'), { secret: SECRET }))
    expect(result).toMatchObject({ ok: false, status: 503, error: { code: 'queue_failed', cause } })
    expect(lines).toEqual([expect.stringContaining(words)])
    expect(lines[0]).not.toContain('ada@example.com')
  },
)

test('a database that is away fails each message, and an observer that throws changes nothing', async () => {
  const adapter = memoryAdapter(
    { users: { columns: { email: {} } } },
    { call: () => Promise.reject(new Error('connect ECONNREFUSED')) },
  )
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false })
  const message = messageOf(userOf('user_1'))
  const onFailure = () => {
    throw new Error('of the observer')
  }
  const results = await consume(clerkSync, [{ message, lastAttempt: true }], { onFailure })
  expect(results).toMatchObject([{ ok: false, error: { code: 'store_failed' } }])
})

/** What is printed from here on, a line each. */
function printed(): string[] {
  const lines: string[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...given) => void lines.push(given.join(' ')))
  onTestFinished(() => spy.mockRestore())
  return lines
}

test("an attempt that fails is one line: what comes next is the queue's, and the page of the error", async () => {
  const adapter = memoryAdapter({ users: { columns: { email: { unique: true } } } }, { deadLetters: true })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  await clerkSync.apply(userOf('user_1', 'same@example.com'))
  const message = messageOf(userOf('user_2', 'same@example.com'))
  const lines = printed()
  const attempt = async (lastAttempt: boolean) => {
    lines.length = 0
    await consume(clerkSync, [{ message, lastAttempt }])
    return [...lines]
  }
  const line = (code: string, words: string) =>
    expect.stringMatching(
      new RegExp(`^clerk-sync: ${code} user.created ${message.id}: .*${words}.* https:.*/unique_conflict$`),
    )

  expect(await attempt(false)).toEqual([line('unique_conflict', 'The queue gives it to a worker again\\.')])
  expect(lines[0]).not.toMatch(/sent again|example\.com/)
  const parked = line('parked unique_conflict', 'The event is parked: mend that')
  expect(await attempt(true)).toEqual([parked])
  // The engine has brought it back, and it has a letter already.
  expect(await attempt(false)).toEqual([parked])
})

test('a message whose secret was rotated out says so, by its id, and not what a route would', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  const message = messageOf(userOf('user_1'), { secret: OTHER_SECRET })
  const lines = printed()
  await consume(clerkSync, [{ message, lastAttempt: false }])
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(
        `^clerk-sync: signature_mismatch: .* ${message.id} .*rotated .*retiredSecrets.*/errors/signature_mismatch$`,
      ),
    ),
  ])
  expect(lines[0]).not.toMatch(/body parser|user_1/)
})

test('a line that cannot be printed changes nothing of what was stored', async () => {
  const { clerkSync, messages, deliver, adapter } = openApplication()
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => printed.mockRestore())
  for (const id of ['user_1', 'user_2']) await deliver(userOf(id, 'ada@example.com'))
  printed.mockImplementationOnce(() => {
    throw new Error('EPIPE')
  })
  const results = await consume(
    clerkSync,
    messages.map((message) => ({ message, lastAttempt: false })),
  )
  expect(results.map(({ ok }) => ok)).toEqual([true, false])
  expect(printed.mock.lastCall?.[0]).toBe('clerk-sync: the line of a failure threw')
  expect(adapter.rows('users')).toHaveLength(1)
})

test('an event of which applyMany says nothing is not acknowledged', async () => {
  const { clerkSync } = openApplication()
  const failures: FailedMessage[] = []
  const own = {
    ...clerkSync,
    applyMany: async (events: readonly ClerkEvent[]) => (await clerkSync.applyMany(events)).slice(1),
  }
  const received = ['user_1', 'user_2'].map((id) => ({ message: messageOf(userOf(id)), lastAttempt: false }))
  const results = await consume(own, received, { onFailure: (failure) => void failures.push(failure) })
  expect(results.map(({ ok, error }) => error?.code ?? ok)).toEqual(['store_failed', true])
  expect(failures.map(({ event }) => event?.data)).toEqual([expect.objectContaining({ id: 'user_1' })])
})

test('who brings an event again is said once, by whom knows it: the route, or the worker', async () => {
  const away = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
  const adapter = memoryAdapter({ users: { columns: { email: {} } } }, { call: away })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  const lines = printed()
  await clerkSync.receive(signedDelivery(userOf('user_1'), { secret: SECRET }))
  const messages = ['user_1', 'user_2'].map((id) => messageOf(userOf(id)))
  for (const lastAttempt of [false, true]) {
    for (const some of [messages.slice(1), messages]) {
      await consume(
        clerkSync,
        some.map((message) => ({ message, lastAttempt })),
      )
    }
  }
  const line = (then: string) => expect.stringMatching(new RegExp(`URL is right\\. ${then} \\(Error ECONNREFUSED`))
  const worker = line('The queue gives it to a worker again\\.')
  const last = line('It was the last attempt: the message is among the dead letters\\.')
  expect(lines).toEqual([line('The event is sent again\\.'), worker, worker, worker, last, last, last])
})

test('what a hook threw is printed by the worker as by the route, with its stack and no row', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({
    adapter,
    signingSecret: SECRET,
    on: {
      'user.created': () => {
        const cause = Object.assign(new Error('Key (email)=(ada@example.com) already exists.'), { code: '23505' })
        throw new Error('the mail service answered 500', { cause })
      },
    },
  })
  const lines = printed()
  await clerkSync.receive(signedDelivery(userOf('user_1'), { secret: SECRET }))
  await consume(clerkSync, [{ message: messageOf(userOf('user_1')), lastAttempt: false }])
  const causes = lines.map((line) => line.slice(line.indexOf(' (Error')))
  expect(causes[1]).toBe(causes[0])
  expect(causes[1]).toMatch(/^ \(Error < Error 23505\b.*\n +at .*consume\.test/s)
  expect(lines.join()).not.toContain('ada@')
})

test.each([
  ['no secret', undefined, undefined, /^There is no signing secret/],
  ['a malformed retired one', SECRET, ['whsec_hush!'], /^retiredSecrets\[0\] is malformed/],
])(
  'with %s nothing is consumed, and consume says so instead of failing each',
  async (_, signingSecret, retired, says) => {
    vi.stubEnv('CLERK_WEBHOOK_SIGNING_SECRET', undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    const clerkSync = createClerkSync({ adapter, ...(signingSecret && { signingSecret }) })
    const failures: FailedMessage[] = []
    const received = [{ message: messageOf(userOf('user_1')), lastAttempt: true }]
    const consuming = consume(clerkSync, received, {
      retiredSecrets: retired,
      onFailure: (failure) => void failures.push(failure),
    })
    await expect(consuming).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringMatching(says) })
    expect(failures).toEqual([])
  },
)

test('a Cloudflare consumer without a secret acknowledges nothing, leaves all to growing retries, and says so in one line', async () => {
  vi.stubEnv('CLERK_WEBHOOK_SIGNING_SECRET', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
  const said: unknown[] = []
  const messages = [1, 4].map((attempts) => ({
    body: messageOf(userOf(`user_${attempts}`)),
    attempts,
    ack: () => void said.push('ack'),
    retry: ({ delaySeconds }: { delaySeconds: number }) => void said.push(delaySeconds),
  }))
  const lines = printed()
  await consumeCloudflare(clerkSync, { messages }, { maxRetries: 14 })
  expect(said).toEqual([5, 40])
  expect(lines).toEqual([expect.stringMatching(/config_invalid: There is no signing secret.* the 2 messages .*https:/)])
  const failures: boolean[] = []
  const onFailure = ({ lastAttempt }: FailedMessage) => void failures.push(lastAttempt)
  await consumeCloudflare(clerkSync, { messages }, { maxRetries: 3, onFailure })
  expect(failures).toEqual([false, true])
  expect(lines).toHaveLength(1)
})
