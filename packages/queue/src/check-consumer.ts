import { checkSecrets } from '@clerk-sync/core'
import { checkClerkSync } from './check-given.ts'
import type { ConsumeOptions, Consumer } from './consume.ts'

/**
 * For a worker that is made: what it finds with its messages costs each of them an attempt, and a day later all of them are
 * among the dead letters.
 *
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return, and where it has no secret to verify
 * with, or one is malformed.
 */
export function checkConsumer(call: string, clerkSync: Consumer, { retiredSecrets }: ConsumeOptions): void {
  checkClerkSync(call, clerkSync, 'applyMany')
  checkSecrets(clerkSync, { retiredSecrets }, call)
}
