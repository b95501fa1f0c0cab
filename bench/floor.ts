import { versionOf } from '@clerk-sync/core/adapter'
import { rowOf } from './by-hand.ts'
import { type Delivery, verified } from './deliveries.ts'

/** Verification and one guarded statement through the raw driver: the least that does what we do for a row. */
export function floor(write: (values: unknown[]) => unknown): (delivery: Delivery) => Promise<void> {
  return async (delivery) => {
    const { data, timestamp } = verified(delivery)
    const version = versionOf({
      updatedAt: data.updated_at,
      occurredAt: timestamp,
      rank: 1,
      messageId: delivery.headers['svix-id'] ?? '',
    })
    await write([...Object.values(rowOf(data)), version])
  }
}
