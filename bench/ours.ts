import type { DeliveryResult, RawDelivery } from '@clerk-sync/core'
import { type Delivery, raw } from './deliveries.ts'

/** A delivery through the library, which must have stored it: what fails, or does nothing, must not look quick. */
export function ours(clerkSync: {
  receive(raw: RawDelivery): Promise<DeliveryResult>
}): (delivery: Delivery) => Promise<void> {
  return async (delivery) => {
    const result = await clerkSync.receive(raw(delivery))
    if (!result.ok) throw result.error
    if (result.outcome !== 'created' && result.outcome !== 'updated') throw new Error(`It answered ${result.outcome}.`)
  }
}
