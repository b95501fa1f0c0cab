import { checkOptions } from '@clerk-sync/core/adapter'
import { checkCount } from './check-given.ts'
import { CONSUME_OPTIONS, type ConsumeOptions, type Consumer, checkConsumer, consume } from './consume.ts'
import { messageIn } from './message.ts'

/** What Lambda hands over of a queue; the type of `@types/aws-lambda` fits. */
export interface SqsLambdaEvent {
  readonly Records: readonly {
    readonly messageId: string
    readonly body: string
    readonly attributes: { readonly ApproximateReceiveCount: string }
  }[]
}

export interface SqsLambdaResult {
  batchItemFailures: { itemIdentifier: string }[]
}

export interface SqsLambdaOptions extends ConsumeOptions {
  /** As in the `RedrivePolicy` of the queue. */
  readonly maxReceiveCount: number
}

/**
 * A Lambda function that stores the deliveries of a queue of SQS, and gives back those that were not stored. Its event
 * source mapping must have `ReportBatchItemFailures`: without it, Lambda deletes them as well.
 *
 * Let the queue's visibility time-out be six times the function's, as AWS says, and `BatchSize` up to 500.
 *
 * @throws ClerkSyncError `config_invalid` where there is no secret to verify with, or a malformed one in `retiredSecrets`.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { toSqsLambdaHandler } from '@clerk-sync/queue/sqs'
 *
 * declare const clerkSync: ClerkSync
 *
 * export const handler = toSqsLambdaHandler(clerkSync, { maxReceiveCount: 15 })
 * ```
 */
export function toSqsLambdaHandler(
  clerkSync: Consumer,
  options: SqsLambdaOptions,
): (event: SqsLambdaEvent) => Promise<SqsLambdaResult> {
  checkOptions('toSqsLambdaHandler', options, ['maxReceiveCount', ...CONSUME_OPTIONS])
  checkConsumer('toSqsLambdaHandler(clerkSync, options)', clerkSync, options)
  const { maxReceiveCount, ...consuming } = options
  checkCount('maxReceiveCount', maxReceiveCount)
  return async ({ Records }) => {
    const received = Records.map(({ body, attributes }) => ({
      message: messageIn(body),
      lastAttempt: Number(attributes.ApproximateReceiveCount) >= maxReceiveCount,
    }))
    const results = await consume(clerkSync, received, consuming)
    const failed = Records.filter((_, n) => !results[n]?.ok)
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}
