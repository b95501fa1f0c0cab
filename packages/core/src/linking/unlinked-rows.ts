import { storeFailure } from '../delivery/store-failure.ts'
import { ClerkSyncError } from '../errors.ts'
import type { UnlinkedRow, UnlinkedSearch } from '../port/linking.ts'
import type { CallOptions, SyncAdapter } from '../port/sync-adapter.ts'

/**
 * How many rows of users have no Clerk id; undefined where the adapter cannot count them.
 *
 * @throws ClerkSyncError `store_failed`
 */
export async function countUnlinked(
  adapter: SyncAdapter,
  options?: CallOptions & { readonly most?: number },
): Promise<number | undefined> {
  return named(adapter, options, async () => adapter.linking?.countUnlinked?.('user', options))
}

/** @throws ClerkSyncError `store_failed`; `config_invalid` for a column that is not there */
export async function listUnlinked(
  adapter: SyncAdapter,
  search: UnlinkedSearch,
  options?: CallOptions,
): Promise<readonly UnlinkedRow[]> {
  return (await named(adapter, options, async () => adapter.linking?.listUnlinked?.(search, options))) ?? []
}

async function named<T>(adapter: SyncAdapter, options: CallOptions | undefined, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    options?.signal?.throwIfAborted()
    throw storeFailure(adapter, error, 'The rows without a Clerk id were not read', 'Trying again may help.')
  }
}

/** What refuses most users of a table that was there before: the row that they had. */
export function namingUnlinked(error: ClerkSyncError): ClerkSyncError {
  const why =
    'The table has rows without a Clerk id: where one of them, from before Clerk, has the value, it is to be linked to ' +
    'the user, by clerk-sync backfill --link-by or the option link (docs/adopting.md).'
  return new ClerkSyncError(error.code, `${error.message} ${why}`, { cause: error.cause })
}

/** What keeps a delivery from being stored, with the commonest reason where there may be one. */
export async function explainedConflict(adapter: SyncAdapter, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (!ClerkSyncError.is(error) || error.code !== 'unique_conflict') return error
  // The delivery is refused by what it met, whether the table can be looked at or not.
  const unlinked = await countUnlinked(adapter, { most: 1, signal }).catch(() => 0)
  return unlinked ? namingUnlinked(error) : error
}
