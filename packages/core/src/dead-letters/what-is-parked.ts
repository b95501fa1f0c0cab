import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError, type ErrorCode } from '../errors.ts'

/** Refused until something is changed, and maybe this event alone. */
const REFUSED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'value_refused',
  'unique_conflict',
  'reference_missing',
  'reference_held',
  'hook_failed',
])

/** They carry one-time codes, which are kept nowhere. */
const NEVER_KEPT = /^(?:email|sms)\./

/** Whether an error is about this event, or its hook, and not about all: a database that is away, a missing table. */
export function isRefusal(error: unknown): error is ClerkSyncError {
  if (!ClerkSyncError.is(error)) return false
  return REFUSED.has(error.code) || (error.code === 'config_invalid' && error.thrownBy === 'map')
}

export function mayBeKept({ type }: ClerkEvent): boolean {
  return !NEVER_KEPT.test(type)
}
