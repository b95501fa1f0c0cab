import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  demandsLive,
  heldOutcome,
  overDiscovered,
  type Replacement,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import { sentReplacement } from './change.ts'
import type { Call } from './client.ts'
import type { TableInRow } from './synced-table.ts'

/** What is in a row's sync columns; null where there is no row. */
export type StoredVersion = { readonly version: string; readonly deleted: boolean } | null

/** What it refers to was removed, and no row is left of it. */
interface OwnerDeleted {
  readonly ownerDeleted: true
}

/** Writes a row of exactly this version, and of no other. */
export async function compareAndSet(
  call: Call,
  table: TableInRow,
  change: Change,
  expected: string,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const isDelete = change.kind === 'delete'
  const replacement: Replacement = {
    version: change.version,
    deletedAt: isDelete ? change.deletedAt : null,
    values: !(isDelete && change.mode === 'keep'),
  }
  const sent = sentReplacement(table, change, replacement, expected, demandsLive(change))
  const found = await call('clerk_sync_replace', sent, isReplaced, signal)
  if (isOwnerDeleted(found)) return isDelete ? 'deleted' : 'owner_deleted'
  if (found?.version === change.version) return isDelete ? 'deleted' : 'updated'
  if (found?.version === expected && !(demandsLive(change) && found.deleted)) {
    throw new ClerkSyncError(
      'store_failed',
      `${table.name}: the database took the write of ${change.key} without an error, and the row is as old as before. A ` +
        'trigger, a rule or a row-level security policy drops such writes.',
    )
  }
  return heldOutcome(change, false, found?.deleted ?? false)
}

/** What the tombstone of a discovered delete has held back, and should not have; undefined where it holds. */
export async function replaceDiscovered(
  call: Call,
  table: TableInRow,
  change: Change,
  versionInRow: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<WriteOutcome | undefined> {
  const stored = await versionInRow()
  if (stored === undefined) return undefined
  for (const replacement of overDiscovered(change, stored)) {
    const sent = sentReplacement(table, change, replacement, stored, false)
    const found = await call('clerk_sync_replace', sent, isReplaced, signal)
    if (isOwnerDeleted(found)) return change.kind === 'delete' ? 'deleted' : 'owner_deleted'
    if (found?.version === replacement.version) {
      return change.kind === 'delete' ? 'deleted' : found.deleted ? 'already_deleted' : 'updated'
    }
    if (found?.version !== stored) return replaceDiscovered(call, table, change, versionInRow, signal)
  }
  return undefined
}

function isReplaced(data: unknown): data is StoredVersion | OwnerDeleted {
  return (
    data === null || (typeof data === 'object' && ('ownerDeleted' in data || ('version' in data && 'deleted' in data)))
  )
}

function isOwnerDeleted(found: StoredVersion | OwnerDeleted): found is OwnerDeleted {
  return found !== null && 'ownerDeleted' in found
}
