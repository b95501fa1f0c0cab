import type { Runner } from '@clerk-sync/adapter-testkit'
import { describe, it } from 'vitest'

/**
 * For a second run of the suite, with prepared statements. The order of events is decided by the texts, which are the
 * same: that half of the suite, in time, is left to the first run, and to `npm run test:long`.
 */
export const preparedRunner: Runner = {
  describe: (name, body) => {
    if (process.env.CLERK_SYNC_IN_FULL || name !== 'in any order') describe(name, body)
  },
  it,
}
