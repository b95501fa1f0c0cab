import { type Causes, explainCauses } from './delivery/explain-causes.ts'
import type { ClerkSyncError } from './errors.ts'
import { storeAccessOf } from './store-access.ts'
import type { ClerkSync } from './types.ts'

/**
 * What a log may say of the errors behind one of ours, as the line of a route does: no value of a row. The workers of
 * `@clerk-sync/queue` print it.
 *
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return.
 * @example
 * ```ts
 * import { type ClerkSync, type ClerkSyncError, causesOf } from '@clerk-sync/core'
 *
 * export function print(clerkSync: ClerkSync, error: ClerkSyncError) {
 *   const { names, stack } = causesOf(clerkSync, error)
 *   console.error(`${error.code}: ${error.message} ${names}`, stack)
 * }
 * ```
 */
export function causesOf(clerkSync: Pick<ClerkSync, 'verify'>, error: ClerkSyncError): Causes {
  const { adapter } = storeAccessOf('causesOf(clerkSync, error)', clerkSync)
  return explainCauses(error, (link) => adapter.faultOf?.(link))
}
