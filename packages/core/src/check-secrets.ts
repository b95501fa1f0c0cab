import type { VerifyOptions } from './delivery/queue-delivery.ts'
import { readRetiredSecrets } from './delivery/signing-secrets.ts'
import { ClerkSyncError } from './errors.ts'
import { storeAccessOf } from './store-access.ts'
import type { ClerkSync } from './types.ts'

/**
 * Looks whether there are secrets to verify with, for a process that would rather not start without. `createClerkSync` itself
 * starts without one, since builds load a route's module where there is none. The workers of `@clerk-sync/queue` call it.
 *
 * @param options - `retiredSecrets`, as `verify` is given them
 * @param call - whose call the message names where `clerkSync` is not what `createClerkSync` returned
 * @throws ClerkSyncError `config_invalid` where there is no signing secret, or one of them is malformed. No secret is in the
 * message.
 * @example
 * ```ts
 * import { type ClerkSync, checkSecrets } from '@clerk-sync/core'
 *
 * export function start(clerkSync: ClerkSync) {
 *   checkSecrets(clerkSync)
 * }
 * ```
 */
export function checkSecrets(
  clerkSync: Pick<ClerkSync, 'verify'>,
  { retiredSecrets = [] }: Pick<VerifyOptions, 'retiredSecrets'> = {},
  call = 'checkSecrets(clerkSync)',
): void {
  storeAccessOf(call, clerkSync).secrets()
  if (!Array.isArray(retiredSecrets))
    throw new ClerkSyncError('config_invalid', 'retiredSecrets is an array of secrets.')
  // As of an environment that is read without a look.
  const given: readonly (string | undefined)[] = retiredSecrets
  const unset = given.indexOf(undefined)
  if (unset >= 0) {
    throw new ClerkSyncError(
      'config_invalid',
      `retiredSecrets[${unset}] is undefined: the environment variable that it is read from is not set. Set it, or leave it ` +
        'out.',
    )
  }
  readRetiredSecrets(retiredSecrets)
}
