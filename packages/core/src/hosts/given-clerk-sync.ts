import { ClerkSyncError } from '../errors.ts'
import { prop } from '../port/prop.ts'

/**
 * Refuses what `createClerkSync` did not return, when the route is made and not at the first delivery.
 *
 * @param call - how it is given, for the message: `toNodeHandler(clerkSync)`
 * @throws ClerkSyncError `config_invalid`
 */
export function checkClerkSync(call: string, given: unknown): void {
  if (typeof prop(given, 'receive') === 'function') return
  throw new ClerkSyncError(
    'config_invalid',
    `${call} takes what createClerkSync returned, and was given ${nameOf(given)}.`,
  )
}

function nameOf(given: unknown): string {
  if (given === undefined || given === null) return `${given}: is it imported before it is made?`
  if (typeof given === 'function') return 'a function: pass clerkSync itself, not its handler or what makes it'
  if (typeof prop(given, 'then') === 'function') return 'a promise: await it'
  if (typeof prop(given, 'softDelete') === 'function') return 'an adapter: pass createClerkSync({ adapter })'
  return typeof given === 'object' ? 'another object: { adapter, … } is for createClerkSync' : `a ${typeof given}`
}
