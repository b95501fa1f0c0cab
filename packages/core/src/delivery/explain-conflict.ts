import { ClerkSyncError } from '../errors.ts'
import type { CallOptions, Entity, SyncAdapter } from '../port/sync-adapter.ts'

const REJOINED =
  'Or it is a deleted membership of the same user in the same organization, which keeps its references: then a unique ' +
  'index over them must hold for live rows alone, or no member who left can come back. clerkSync.check() gives the fix.'

const BEFORE_CLERK =
  'The table has rows without a Clerk id: where one of them, from before Clerk, has the value, it is to be linked to the ' +
  'user, by clerk-sync backfill --link-by or the option link.'

/** Which row it is that has a unique value, where that may be known. */
export function namingRow(error: ClerkSyncError, entity: Entity | undefined, hasUnlinked: boolean): ClerkSyncError {
  const reasons: { readonly [E in Entity]?: string } = {
    organizationMembership: REJOINED,
    ...(hasUnlinked && { user: BEFORE_CLERK }),
  }
  const reason = error.code === 'unique_conflict' && entity && reasons[entity]
  return reason ? new ClerkSyncError(error.code, `${error.message} ${reason}`, { cause: error.cause }) : error
}

/** The same, with a look at the table where that says more. */
export async function explainedConflict(
  adapter: SyncAdapter,
  error: ClerkSyncError,
  entity: Entity | undefined,
  options?: CallOptions,
): Promise<ClerkSyncError> {
  // It is refused by what it met, whether the table can be looked at or not.
  const count = async () => adapter.linking?.countUnlinked?.('user', { most: 1, ...options })
  const unlinked = entity === 'user' ? await count().catch(() => 0) : 0
  return namingRow(error, entity, Boolean(unlinked))
}
