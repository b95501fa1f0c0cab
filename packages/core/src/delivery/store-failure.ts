import { ClerkSyncError, type ErrorCode } from '../errors.ts'
import { databaseFault } from '../port/database-fault.ts'
import type { SyncAdapter } from '../port/sync-adapter.ts'

const explanations: Readonly<Partial<Record<ErrorCode, string>>> = {
  unique_conflict:
    'another row has one of its unique values. Nothing was written. The two rows are in conflict in Clerk as well, or ' +
    "the other row's change is still on its way.",
  reference_missing:
    'a foreign key refers to a row that is not there (yet): events arrive in any order. To store it at once, drop the ' +
    'foreign key from the synced table.',
  store_failed:
    'the database refused it or cannot be reached. Nothing was written. clerkSync.check() says whether the tables fit.',
}

/** Names what a store threw. */
export function storeFailure(
  adapter: Pick<SyncAdapter, 'faultOf'>,
  cause: unknown,
  what: string,
  next: string,
): ClerkSyncError {
  if (ClerkSyncError.is(cause)) return cause
  const fault = adapter.faultOf?.(cause) ?? databaseFault(cause)
  const code = fault === undefined || fault === 'transient' ? 'store_failed' : fault
  return new ClerkSyncError(code, `${what}: ${explanations[code]} ${next}`, { cause })
}
