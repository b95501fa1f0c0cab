import { ClerkSyncError } from '@clerk-sync/core'

/** @throws ClerkSyncError `config_invalid` for anything but a whole number. */
export function checkCount(option: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return
  throw new ClerkSyncError('config_invalid', `${option} must be a whole number, ${least} or more, and is ${value}.`)
}

/** @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return. */
export function checkClerkSync(call: string, given: unknown, method: 'receive' | 'applyMany'): void {
  const isObject = typeof given === 'object' && given !== null
  if (isObject && typeof Reflect.get(given, method) === 'function') return
  throw new ClerkSyncError(
    'config_invalid',
    `${call} takes what createClerkSync returned first, and was given ${isObject ? 'another object' : `${given}`}.`,
  )
}
