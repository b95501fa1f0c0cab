import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { enqueue } from '@clerk-sync/queue'
import { consumeSqs, sqsQueue, toSqsLambdaHandler } from '@clerk-sync/queue/sqs'
import { clerkEvent } from '@clerk-sync/testing'
import type { SQSEvent } from 'aws-lambda'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openApplication } from './kit/application.ts'
import { removeWorkerFile } from './kit/child.ts'
import { applicationDatabase } from './kit/database.ts'
import { answerTo, floodAndKill } from './kit/flood.ts'
import { messageOf, poison, signUp } from './kit/messages.ts'
import { silentProxy } from './kit/silent-proxy.ts'
import { sqsQueues } from './kit/sqs.ts'
import { sqsClient } from './kit/sqs-client.ts'
import { expectOneEffect } from './kit/two-workers.ts'

removeWorkerFile()

test('a flood of deliveries through SQS, its workers killed: the history, every effect once', async () => {
  const { client, url, left, dead } = await sqsQueues()
  await floodAndKill('sqs', { queue: sqsQueue(client, { queueUrl: url }), url, left, dead })
})

test('a visibility time-out that is too short puts two workers on one message of SQS: one effect', async () => {
  const { client, url, left } = await sqsQueues({ visibilitySeconds: 1 })
  await expectOneEffect('queue_sqs_two', { queue: sqsQueue(client, { queueUrl: url }), left }, async (consumer) => {
    const worker = await consumeSqs(consumer, client, { queueUrl: url, pollers: 2 })
    return () => worker.close()
  })
})

test('a queue of SQS without a dead-letter queue gets no worker', async () => {
  const { client, url } = await sqsQueues({ hasDeadLetters: false })
  const { clerkSync, close } = openApplication('')
  onTestFinished(close)
  const starting = consumeSqs(clerkSync, client, { queueUrl: url })
  await expect(starting).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/RedrivePolicy/),
  })
})

test('a queue of SQS that deletes messages before their attempts are over gets no worker', async () => {
  // 14 waits: 5 s, 10, … 20,480, and 11 hours.
  const needed = 40_955 + 39_600
  const { client, url } = await sqsQueues({ retentionSeconds: needed, maxReceiveCount: 15 })
  const { clerkSync, close } = openApplication('')
  onTestFinished(close)
  await expect(consumeSqs(clerkSync, client, { queueUrl: url })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/MessageRetentionPeriod.* 15 attempts .*80555 s/),
  })
  const QueueUrl = url
  await client.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod: String(needed + 1) } }),
  )
  const worker = await consumeSqs(clerkSync, client, { queueUrl: url, pollers: 1 })
  await worker.close()
})

test('an onError that throws does not end the worker of SQS', async () => {
  const { client, url, left } = await sqsQueues()
  const database = await applicationDatabase('queue_sqs_on_error')
  const { clerkSync, close } = openApplication(database.url)
  onTestFinished(close)
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => printed.mockRestore())
  const send: SQSClient['send'] = client.send.bind(client)
  let failures = 0
  // Its network is away for the first request.
  vi.spyOn(client, 'send').mockImplementation((command: unknown, ...rest: unknown[]) => {
    if (command instanceof ReceiveMessageCommand && failures++ === 0) throw new Error('connect ECONNREFUSED')
    return Reflect.apply(send, client, [command, ...rest])
  })
  const worker = await consumeSqs(clerkSync, client, {
    queueUrl: url,
    pollers: 1,
    onError: () => {
      throw new Error('The observer is broken.')
    },
  })
  await answerTo(enqueue(clerkSync, sqsQueue(client, { queueUrl: url })), signUp('user_1'))
  await expect.poll(left, { timeout: 10_000 }).toBe(0)
  await worker.close()
  expect(await database.query('select id from users')).toEqual([{ id: 'user_1' }])
  expect(printed).toHaveBeenCalledWith('clerk-sync: onError threw', expect.any(Error))
})

test('a worker of SQS gives up what cannot be stored: the dead-letter queue and deadLetters have it', async () => {
  const { client, url, left, dead } = await sqsQueues({ visibilitySeconds: 1, maxReceiveCount: 1 })
  const database = await applicationDatabase('queue_sqs_poison')
  const { clerkSync, close } = openApplication(database.url)
  onTestFinished(close)
  const worker = await consumeSqs(clerkSync, client, { queueUrl: url, pollers: 1, onFailure: () => {} })
  onTestFinished(() => worker.close())
  const route = enqueue(clerkSync, sqsQueue(client, { queueUrl: url }))
  for (const event of [signUp('user_1'), poison('user_2'), signUp('user_3')]) await answerTo(route, event)
  await expect.poll(dead, { timeout: 20_000 }).toBe(1)
  expect(await left()).toBe(0)
  expect(await database.query('select id from users order by id')).toEqual([{ id: 'user_1' }, { id: 'user_3' }])
  expect(await clerkSync.deadLetters.list()).toMatchObject([{ event: { data: { id: 'user_2' } } }])
})

test('a Lambda function gives back what it has not stored, and nothing else', async () => {
  const { client, url, left, dead } = await sqsQueues({ visibilitySeconds: 1, maxReceiveCount: 2 })
  const database = await applicationDatabase('queue_sqs_lambda')
  const { clerkSync, close } = openApplication(database.url)
  onTestFinished(close)
  const attempts: boolean[] = []
  const handler = toSqsLambdaHandler(clerkSync, {
    maxReceiveCount: 2,
    onFailure: ({ lastAttempt }) => void attempts.push(lastAttempt),
  })
  const route = enqueue(clerkSync, sqsQueue(client, { queueUrl: url }))
  for (const event of [signUp('user_1'), poison('user_2'), signUp('user_3')]) await answerTo(route, event)
  const runLambda = async () => {
    await invoke(client, url, handler)
    return dead()
  }
  await expect.poll(runLambda, { timeout: 20_000, interval: 200 }).toBe(1)
  expect(attempts).toEqual([false, true])
  expect(await left()).toBe(0)
  expect(await database.query('select id from users order by id')).toEqual([{ id: 'user_1' }, { id: 'user_3' }])
  expect(await clerkSync.deadLetters.list()).toHaveLength(1)
})

test('many deliveries at once, and characters that SQS refuses', async () => {
  const { client, url, left } = await sqsQueues()
  const database = await applicationDatabase('queue_sqs_characters')
  const { clerkSync, close } = openApplication(database.url)
  onTestFinished(close)
  const route = enqueue(clerkSync, sqsQueue(client, { queueUrl: url, maxBytes: 50_000 }))
  const note = 'a\uFFFE\uFFFF\u007F\u0085\u2028語😀'.repeat(500)
  const events = Array.from({ length: 30 }, (_, n) =>
    clerkEvent('user.created', { id: `user_${n}`, email_addresses: [], public_metadata: { note } }),
  )
  expect(new Set(await Promise.all(events.map((event) => answerTo(route, event))))).toEqual(new Set(['queued']))
  expect(await left()).toBe(30)
  const worker = await consumeSqs(clerkSync, client, { queueUrl: url, pollers: 4 })
  onTestFinished(() => worker.close())
  await expect.poll(left, { timeout: 10_000 }).toBe(0)
  expect(await database.query('select id from users')).toHaveLength(30)
})

test('a request to SQS on a connection that is dead is ended, and the next delivery goes through another', async () => {
  const { url, left } = await sqsQueues()
  const proxy = await silentProxy(url)
  const client = sqsClient(proxy.url)
  onTestFinished(() => client.destroy())
  const queue = sqsQueue(client, { queueUrl: `${proxy.url}${new URL(url).pathname}` })
  const send = (id: string) => queue.send(messageOf(signUp(id)), new AbortController().signal)
  await send('user_1')
  proxy.silence()
  await expect(send('user_2')).rejects.toThrow()
  await send('user_3')
  expect(await left()).toBe(2)
}, 30_000)

test('what SQS refuses of a batch is not answered, and the rest is', async () => {
  const { client, url, left } = await sqsQueues()
  await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { MaximumMessageSize: '8192' } }))
  const queue = sqsQueue(client, { queueUrl: url })
  const tooLarge = messageOf(
    clerkEvent('user.created', { id: 'user_1', public_metadata: { note: 'x'.repeat(10_000) } }),
  )
  const send = (message: typeof tooLarge) => queue.send(message, new AbortController().signal)
  const others = ['user_2', 'user_3'].map((id) => send(messageOf(signUp(id))))
  await expect(send(tooLarge)).rejects.toMatchObject({
    code: 'queue_failed',
    message: expect.stringMatching(/InvalidParameterValue: see that maxBytes is the queue's MaximumMessageSize/),
    cause: { message: expect.stringMatching(/shorter than 8192 bytes/) },
  })
  await Promise.all(others)
  expect(await left()).toBe(2)
})

/** What Lambda does with a queue: it invokes the function with messages, and deletes those that it does not give back. */
async function invoke(
  client: SQSClient,
  queueUrl: string,
  handler: ReturnType<typeof toSqsLambdaHandler>,
): Promise<void> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
    }),
  )
  const records = Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '',
      SentTimestamp: Attributes.SentTimestamp ?? '',
      SenderId: Attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'us-east-1',
  }))
  const event: SQSEvent = { Records: records }
  if (records.length === 0) return
  const { batchItemFailures } = await handler(event)
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  for (const { messageId, receiptHandle } of records) {
    if (!failed.has(messageId)) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }))
    }
  }
}
