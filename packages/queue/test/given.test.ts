// What cannot be meant is refused when it is given, and not when the first message comes.
import { SQSClient } from '@aws-sdk/client-sqs'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { consume, enqueue } from '@clerk-sync/queue'
import { bullmqQueue, consumeBullmq } from '@clerk-sync/queue/bullmq'
import { consumeCloudflare } from '@clerk-sync/queue/cloudflare'
import { graphileTask } from '@clerk-sync/queue/graphile-worker'
import { consumePgBoss } from '@clerk-sync/queue/pg-boss'
import { consumeSqs, sqsQueue, toSqsLambdaHandler } from '@clerk-sync/queue/sqs'
import { Cluster, Redis } from 'ioredis'
import { afterAll, expect, test, vi } from 'vitest'
import { SECRET } from './kit/application.ts'

const adapter = memoryAdapter({ users: { columns: { email: {} } } })
const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
// As where the worker's process lacks the environment of the route's.
vi.stubEnv('CLERK_WEBHOOK_SIGNING_SECRET', undefined)
afterAll(() => vi.unstubAllEnvs())
const withoutSecret = createClerkSync({ adapter })
const client = new SQSClient({ region: 'us-east-1' })
const redis = new Redis({ lazyConnect: true })
const queueUrl = 'https://sqs.example.com/1/clerk'
/** As somebody without types may give it. */
const untyped = (value: unknown) => value as never

const REFUSED: readonly [what: string, call: () => unknown, says: RegExp][] = [
  ['an adapter to enqueue', () => enqueue(untyped(adapter), untyped({})), /takes what createClerkSync returned/],
  ['nothing to consume', () => consume(untyped(undefined), []), /was given undefined/],
  ['a misspelt option of consume', () => consume(clerkSync, [], untyped({ retiredSecret: [] })), /"retiredSecrets"\?/],
  [
    'a connection that is named as elsewhere',
    () => bullmqQueue(untyped({ name: 'clerk', connection: redis })),
    /"redis"\?/,
  ],
  [
    'a URL for a connection',
    () => bullmqQueue(untyped({ name: 'clerk', redis: 'redis://localhost' })),
    /new Redis\(url/,
  ],
  [
    'a cluster',
    () => bullmqQueue({ name: 'clerk', redis: untyped(new Cluster([], { lazyConnect: true })) }),
    /one server/,
  ],
  ['a worker of BullMQ without clerkSync', () => consumeBullmq(untyped(null), 'clerk', untyped({})), /was given null/],
  [
    'a lock that runs out while a batch is stored',
    () => consumeBullmq(clerkSync, 'clerk', { connection: {}, lockDuration: 100 }),
    /10000 ms or more.* 100 and 50/,
  ],
  [
    'a lock that is renewed after it ran out',
    () => consumeBullmq(clerkSync, 'clerk', { connection: {}, lockRenewTime: 60_000 }),
    /longer than lockRenewTime.* 30000 and 60000/,
  ],
  [
    'a lazy connection for a worker',
    () => consumeBullmq(clerkSync, 'clerk', { connection: redis }),
    /Leave lazyConnect out/,
  ],
  [
    'lazy options for a worker',
    () => consumeBullmq(clerkSync, 'clerk', { connection: { lazyConnect: true } }),
    /Leave lazyConnect out/,
  ],
  [
    'a worker of pg-boss with an adapter',
    () => consumePgBoss(untyped(adapter), untyped({}), 'clerk'),
    /createClerkSync/,
  ],
  ['a misspelt option of a task', () => graphileTask(clerkSync, untyped({ onFail: () => {} })), /no option "onFail"/],
  ["AWS' own spelling", () => sqsQueue(client, untyped({ QueueUrl: queueUrl })), /"queueUrl"\?/],
  ['no size', () => sqsQueue(client, { queueUrl, maxBytes: 0 }), /maxBytes must be a whole number, 1 or more/],
  ['no pollers', () => consumeSqs(clerkSync, client, { queueUrl, pollers: 0.5 }), /pollers must be/],
  ['no count of attempts for Lambda', () => toSqsLambdaHandler(clerkSync, untyped({})), /maxReceiveCount must be/],
  ['no count for Cloudflare', () => consumeCloudflare(clerkSync, { messages: [] }, untyped({})), /maxRetries must be/],
]

test.each(REFUSED)('%s', async (_, call, says) => {
  await expect((async () => call())()).rejects.toMatchObject({
    name: 'ClerkSyncError',
    code: 'config_invalid',
    message: expect.stringMatching(says),
  })
})

type Given = Parameters<typeof graphileTask>

/** Whatever makes a worker. None of them has come to its engine when it refuses. */
const WORKERS: readonly [name: string, make: (...given: Given) => unknown][] = [
  ['BullMQ', (sync, options) => consumeBullmq(sync, 'clerk', { connection: {}, ...options })],
  ['pg-boss', (sync, options) => consumePgBoss(sync, untyped({}), 'clerk', options)],
  ['graphile-worker', graphileTask],
  ['SQS', (sync, options) => consumeSqs(sync, untyped({}), { queueUrl, ...options })],
  ['Lambda', (sync, options) => toSqsLambdaHandler(sync, { maxReceiveCount: 15, ...options })],
]

const refusal = async (call: () => unknown): Promise<unknown> => (async () => call())().catch((error) => error)

test.each(WORKERS)('a worker of %s that has no secret to verify with is not made', async (_, make) => {
  expect(await refusal(() => make(withoutSecret))).toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/There is no signing secret/),
  })
})

test.each(WORKERS)("a worker of %s names its own call where a consumer is not createClerkSync's", async (_, make) => {
  const { verify, applyMany } = clerkSync
  expect(await refusal(() => make(untyped({ verify, applyMany })))).toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/^(?!checkSecrets)\w+\(clerkSync.*\) takes what createClerkSync returned first/),
  })
})

const MALFORMED: readonly [what: string, retiredSecrets: unknown, says: RegExp][] = [
  ['one that is cut off', [SECRET, 'whsec_hush!'], /^retiredSecrets\[1\] is malformed/],
  ['an API key', ['sk_test_hush'], /^retiredSecrets\[0\] begins with "sk_"/],
  [
    'an environment variable that is not set',
    [undefined],
    /^retiredSecrets\[0\] is undefined: the environment variable/,
  ],
  ['a text', SECRET, /^retiredSecrets is an array/],
  ['null', null, /^retiredSecrets is an array/],
]

test.each(
  WORKERS.flatMap(([name, make]) => MALFORMED.map(([what, given, says]) => [name, what, make, given, says] as const)),
)('a worker of %s whose retired secrets have %s is not made', async (_, __, make, retiredSecrets, says) => {
  const error = await refusal(() => make(clerkSync, { retiredSecrets: untyped(retiredSecrets) }))
  expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(says) })
  // It would send its reader to the secret that is right.
  expect(String(error)).not.toMatch(/CLERK_WEBHOOK_SIGNING_SECRET|hush/)
})
