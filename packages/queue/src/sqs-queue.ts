import { type BatchResultErrorEntry, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { checkCount } from './check-given.ts'
import { explaining } from './engine-trouble.ts'
import type { DeliveryQueue } from './enqueue.ts'
import { inGroups } from './groups.ts'
import { type QueueMessage, textOf } from './message.ts'

/** What a batch of SQS has at most. */
const BATCH = 10
/** What a message had at most until 2025, and what queues from before still say. */
const MAX_BYTES = 262_144
const LANES = 4
/**
 * A request without an answer for so long is ended, in ms, and gives back its socket: AWS' client waits for a dead connection
 * for as long as the operating system does. Shorter than a delivery may take.
 */
const LONGEST_REQUEST_MS = 12_000

export interface SqsQueueOptions {
  readonly queueUrl: string
  /** The queue's `MaximumMessageSize`, in bytes: 1 MiB at most. Default 262144, which every queue takes. */
  readonly maxBytes?: number | undefined
}

/**
 * A standard queue of SQS for {@link enqueue}: deliveries that come while others are being sent are sent in batches. FIFO
 * queues leave out what has the id of a message of the last five minutes, and order is of no use here.
 *
 * @example
 * ```ts
 * import { SQSClient } from '@aws-sdk/client-sqs'
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { enqueue } from '@clerk-sync/queue'
 * import { sqsQueue } from '@clerk-sync/queue/sqs'
 *
 * declare const clerkSync: ClerkSync
 *
 * const queueUrl = process.env['QUEUE_URL'] ?? ''
 * export const POST = enqueue(clerkSync, sqsQueue(new SQSClient(), { queueUrl })).handler
 * ```
 */
export function sqsQueue(client: Pick<SQSClient, 'send'>, options: SqsQueueOptions): DeliveryQueue {
  checkOptions('sqsQueue', options, ['queueUrl', 'maxBytes'], { QueueUrl: 'queueUrl', url: 'queueUrl' })
  const { queueUrl, maxBytes = MAX_BYTES } = options
  checkCount('maxBytes', maxBytes)
  const send = inGroups({ most: BATCH, lanes: LANES }, (messages: readonly QueueMessage[]) =>
    sendAll(client, queueUrl, messages, maxBytes),
  )
  return {
    maxBytes,
    send: explaining(async (message, signal) => {
      const failure = await send(message, signal)
      if (failure) throw failure
    }),
  }
}

/** What SQS refused, by message. */
async function sendAll(
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
  messages: readonly QueueMessage[],
  maxBytes: number,
): Promise<readonly (ClerkSyncError | undefined)[]> {
  const failures = new Map<string, ClerkSyncError>()
  const entries = messages.map((message, n) => ({ Id: String(n), MessageBody: textOf(message) }))
  for (const Entries of inSize(entries, maxBytes)) {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }), {
      abortSignal: AbortSignal.timeout(LONGEST_REQUEST_MS),
    })
    for (const failure of Failed) failures.set(failure.Id ?? '', refusedBy(queueUrl, failure))
  }
  return entries.map(({ Id }) => failures.get(Id))
}

/** Its code alone: the words may quote the message. */
function refusedBy(queueUrl: string, { Code, Message: words, SenderFault }: BatchResultErrorEntry): ClerkSyncError {
  const next = SenderFault ? ": see that maxBytes is the queue's MaximumMessageSize, and that its key may be used" : ''
  const message = `The queue ${queueUrl} has refused the delivery with ${Code}${next}. error.cause has its words.`
  return new ClerkSyncError('queue_failed', message, { cause: new Error(`${Code}: ${words}`) })
}

/** A batch may be as large as one message. */
function* inSize<Entry extends { readonly MessageBody: string }>(
  entries: readonly Entry[],
  maxBytes: number,
): Generator<Entry[]> {
  let batch: Entry[] = []
  let size = 0
  for (const entry of entries) {
    const own = Buffer.byteLength(entry.MessageBody)
    if (batch.length > 0 && size + own > maxBytes) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(entry)
    size += own
  }
  if (batch.length > 0) yield batch
}
