import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { startFauxqs } from 'fauxqs'
import { onTestFinished } from 'vitest'
import { sqsClient } from './sqs-client.ts'

/** A queue of the emulator with a dead-letter queue, and what SQS itself says of both. */
export async function sqsQueues({
  visibilitySeconds = 2,
  retentionSeconds = 1_209_600,
  // The most that 14 days have the time for.
  maxReceiveCount = 43,
  hasDeadLetters = true,
} = {}) {
  const server = await startFauxqs({ port: 0, logger: false })
  onTestFinished(() => server.stop())
  const client = sqsClient(server.address)
  onTestFinished(() => client.destroy())
  const { QueueUrl: dead = '' } = await client.send(new CreateQueueCommand({ QueueName: 'clerk-dead' }))
  const arn = await attribute(dead, 'QueueArn')
  const { QueueUrl: url = '' } = await client.send(
    new CreateQueueCommand({
      QueueName: 'clerk',
      Attributes: {
        VisibilityTimeout: String(visibilitySeconds),
        MessageRetentionPeriod: String(retentionSeconds),
        ...(hasDeadLetters && { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount }) }),
      },
    }),
  )

  async function attribute(
    queue: string,
    name: 'QueueArn' | 'ApproximateNumberOfMessages' | 'ApproximateNumberOfMessagesNotVisible',
  ) {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [name] }),
    )
    return Attributes[name] ?? ''
  }
  const inQueue = async (queue: string) =>
    Number(await attribute(queue, 'ApproximateNumberOfMessages')) +
    Number(await attribute(queue, 'ApproximateNumberOfMessagesNotVisible'))
  // Its own name of itself is known in this process alone.
  return {
    client,
    url: `${server.address}${new URL(url).pathname}`,
    left: () => inQueue(url),
    dead: () => inQueue(dead),
  }
}
