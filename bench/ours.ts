import type { DeliveryResult } from '@clerk-sync/core'

/** A contender that fails, or that does nothing, must not look quick. */
export function mustBeStored(result: DeliveryResult): void {
  if (!result.ok) throw result.error
  if (result.outcome !== 'created' && result.outcome !== 'updated') throw new Error(`It answered ${result.outcome}.`)
}
