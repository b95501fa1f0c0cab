import { storeFailure } from '../delivery/store-failure.ts'
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
