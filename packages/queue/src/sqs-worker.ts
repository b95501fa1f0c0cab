import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { checkCount } from './check-given.ts'
import {
  CONSUME_OPTIONS,
  type ConsumeOptions,
  type Consumer,
  checkConsumer,
  consume,
  type ReceivedMessage,
} from './consume.ts'
import { inGroups } from './groups.ts'
import { messageIn } from './message.ts'
import { retriesTakeS, retryDelayS } from './retries.ts'

const BATCH = 10
const AT_ONCE = 500
const PAUSE_MS = 1000
const POLL_S = 20
/** A connection that is dead by then gives no answer any more, in ms. */
const LONGEST_REQUEST_MS = 10_000

export interface SqsWorkerOptions extends ConsumeOptions {
  readonly queueUrl: string
  /** Requests for messages at once, each for ten; what they bring is stored together. Default 10. */
  readonly pollers?: number | undefined
  /** Called where SQS does not answer; the worker goes on. Default: one line on `console`. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/**
 * A worker that stores the deliveries of a queue of SQS. A message that fails is hidden for 5 s, then 10, 20, …, 11 hours at
 * most, and goes to the queue's dead-letter queue after `maxReceiveCount`. Let the queue's visibility time-out be 60 s or
 * more: a message that comes back too early is stored twice, which does no harm, and costs one of its attempts.
 *
 * @returns `close` finishes what has been received
 * @throws ClerkSyncError `config_invalid` for a queue without a dead-letter queue, and for one whose `MessageRetentionPeriod`
 * is over before `maxReceiveCount` attempts are: what fails would vanish. Give both queues 14 days (1209600 s). Also where
 * there is no secret to verify with, or a malformed one in `retiredSecrets`.
 * @example
 * ```ts
 * import { SQSClient } from '@aws-sdk/client-sqs'
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { consumeSqs } from '@clerk-sync/queue/sqs'
 *
 * declare const clerkSync: ClerkSync
 *
 * const worker = await consumeSqs(clerkSync, new SQSClient(), { queueUrl: process.env['QUEUE_URL'] ?? '' })
 * process.once('SIGTERM', async () => {
 *   await worker.close()
 *   await clerkSync.close()
 * })
 * ```
 */
export async function consumeSqs(
  clerkSync: Consumer,
  client: Pick<SQSClient, 'send'>,
  options: SqsWorkerOptions,
): Promise<{ close(): Promise<void> }> {
  checkOptions('consumeSqs', options, ['queueUrl', 'pollers', 'onError', ...CONSUME_OPTIONS], { QueueUrl: 'queueUrl' })
  checkConsumer('consumeSqs(clerkSync, client, options)', clerkSync, options)
  const { queueUrl, pollers = 10, onError = logError, ...consuming } = options
  checkCount('pollers', pollers)
  const most = await maxReceiveCountOf(client, queueUrl)
  const ending = new AbortController()
  const store = inGroups({ most: AT_ONCE }, (messages: readonly ReceivedMessage[]) =>
    consume(clerkSync, messages, consuming),
  )

  async function poll(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        await handle(await receive())
      } catch (error) {
        if (ending.signal.aborted) return
        tell(onError, error)
        await sleep(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {})
      }
    }
  }

  async function receive(): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: POLL_S,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    })
    const tooLong = AbortSignal.timeout(POLL_S * 1000 + LONGEST_REQUEST_MS)
    return (await client.send(command, { abortSignal: AbortSignal.any([ending.signal, tooLong]) })).Messages ?? []
  }

  async function handle(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return
    const results = await Promise.all(
      messages.map((message) => store({ message: messageIn(message.Body), lastAttempt: attemptOf(message) >= most })),
    )
    const entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }))
    const done = entries.filter((_, n) => results[n]?.ok)
    const failed = entries
      .map((entry, n) => ({ ...entry, VisibilityTimeout: retryDelayS(attemptOf(messages[n])) }))
      // After the last attempt it goes to the dead-letter queue as soon as it is seen again.
      .filter((_, n) => !results[n]?.ok && attemptOf(messages[n]) < most)
    const inTime = () => ({ abortSignal: AbortSignal.timeout(LONGEST_REQUEST_MS) })
    if (done.length > 0)
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: done }), inTime())
    if (failed.length > 0) {
      await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: failed }), inTime())
    }
  }

  const polling = Array.from({ length: pollers }, poll)
  return {
    async close() {
      ending.abort()
      await Promise.all(polling)
    },
  }
}

function attemptOf(message: Message | undefined): number {
  return Number(message?.Attributes?.ApproximateReceiveCount ?? 1)
}

async function maxReceiveCountOf(client: Pick<SQSClient, 'send'>, queueUrl: string): Promise<number> {
  const AttributeNames = ['RedrivePolicy', 'MessageRetentionPeriod'] as const
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] })
  const { Attributes } = await client.send(command)
  const policy: unknown = JSON.parse(Attributes?.RedrivePolicy ?? '{}')
  const most = Number(typeof policy === 'object' && policy !== null && Reflect.get(policy, 'maxReceiveCount'))
  if (!(most >= 1)) {
    throw new ClerkSyncError(
      'config_invalid',
      `The queue ${queueUrl} has no dead-letter queue: what cannot be stored would vanish at the end of its retention. Give ` +
        'it a RedrivePolicy with a maxReceiveCount of 15 or so.',
    )
  }
  // Emulators that keep everything do not say how long.
  const keptS = Number(Attributes?.MessageRetentionPeriod ?? Number.POSITIVE_INFINITY)
  const needed = retriesTakeS(most)
  if (keptS > needed) return most
  throw new ClerkSyncError(
    'config_invalid',
    `The queue ${queueUrl} deletes a message after ${keptS} s (MessageRetentionPeriod), and its ${most} attempts ` +
      `(maxReceiveCount) take ${needed} s: what cannot be stored would vanish before the dead-letter queue has it. Set ` +
      'MessageRetentionPeriod to 1209600 (14 days), and maxReceiveCount to 15 or so.',
  )
}

/** The worker goes on, whatever an observer does. */
function tell(onError: (error: unknown) => void, error: unknown): void {
  try {
    onError(error)
  } catch (thrown) {
    console.error('clerk-sync: onError threw', thrown)
  }
}

function logError(error: unknown): void {
  console.error('clerk-sync: SQS did not answer, and is asked again', error)
}
