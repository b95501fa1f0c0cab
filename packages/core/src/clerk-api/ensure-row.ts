import { ClerkSyncError } from '../errors.ts'
import type { Rows } from '../port/sync-adapter.ts'
import type { StoreAccess } from '../store-access.ts'
import { findOne, type ReadOne, writeRead } from './one.ts'
import type { ListedEntity } from './types.ts'

/**
 * The row of an entity, read from Clerk where no event has reached it yet.
 *
 * @param read - asks Clerk; undefined where it does not have it
 */
export async function ensureRow<Stored extends Rows, E extends ListedEntity>(
  access: StoreAccess,
  entity: E,
  id: string,
  read: () => Promise<ReadOne | undefined>,
): Promise<NonNullable<Stored[E]> | null> {
  const there = await findOne(access, entity, id)
  if (there?.deleted) return null
  // A row of the application's own, or from before the webhook, has nothing of Clerk's in it yet.
  if (there?.synced && there.row) return there.row as NonNullable<Stored[E]>
  const snapshot = await read()
  return snapshot ? storeAndFind<Stored, E>(access, entity, snapshot) : null
}

/** @throws ClerkSyncError `store_failed` where the row is not there after all. */
export async function storeAndFind<Stored extends Rows, E extends ListedEntity>(
  access: StoreAccess,
  entity: E,
  read: ReadOne,
): Promise<NonNullable<Stored[E]> | null> {
  const outcome = await writeRead(access, entity, read)
  const stored = await findOne(access, entity, read.snapshot.id)
  // A removed row leaves nothing to find, nor does one that went with its owner.
  const isGone = outcome === 'already_deleted' || outcome === 'owner_deleted'
  if (stored?.deleted || (!stored && isGone)) return null
  if (stored?.row) return stored.row as NonNullable<Stored[E]>
  throw new ClerkSyncError(
    'store_failed',
    `The row of ${read.snapshot.id} was written and is not there: something else deletes rows, or reads go to a replica.`,
  )
}
