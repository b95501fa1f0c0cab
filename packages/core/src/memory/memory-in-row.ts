import { overDiscovered } from '../port/discovered.ts'
import { tableNameOf } from '../port/given-tables.ts'
import { demandsLive, heldOutcome, isKeptDelete, takenOutcome } from '../port/outcomes.ts'
import type { Change, Delete, Found, WriteOutcome } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import type { MemoryRow, MemoryTransaction } from './memory-database.ts'
import { removeParts, writeParts } from './memory-parts.ts'

/** The guard: absent, or of a smaller version. Only what the change names is written. */
export function writeInRow(tx: MemoryTransaction, change: Change): WriteOutcome {
  if (change.expected !== undefined) return compareAndSet(tx, change)
  const outcome = isKeptDelete(change) ? keep(tx, change) : guarded(tx, change)
  return replaceDiscovered(tx, change) ?? outcome
}

function guarded(tx: MemoryTransaction, change: Change): WriteOutcome {
  const { entity, key, version, values } = change
  const table = tableNameOf(entity)
  const row = tx.get(table, key)
  const written = { ...values, ...(change.kind === 'delete' && { deletedAt: change.deletedAt }), clerkVersion: version }
  const stored = row?.clerkVersion as string | undefined
  if (stored !== undefined && stored >= version) return heldOutcome(change, stored === version, isTombstone(row))
  if (row) tx.update(table, key, written)
  else tx.insert(table, { ...written, id: key })
  settleParts(tx, change)
  return takenOutcome(change, row === undefined, isTombstone(row))
}

function compareAndSet(tx: MemoryTransaction, change: Change): WriteOutcome {
  const { entity, key, version, values, expected } = change
  const table = tableNameOf(entity)
  const row = tx.get(table, key)
  const isOther = row?.clerkVersion !== expected || (demandsLive(change) && isTombstone(row))
  if (isOther) return heldOutcome(change, row?.clerkVersion === version, isTombstone(row))
  const deletedAt = change.kind === 'delete' ? change.deletedAt : null
  tx.update(table, key, { ...(!isKeptDelete(change) && values), deletedAt, clerkVersion: version })
  if (!isKeptDelete(change)) settleParts(tx, change)
  return takenOutcome(change, false, false)
}

/** What the tombstone of a discovered delete has held back, and should not have. */
function replaceDiscovered(tx: MemoryTransaction, change: Change): WriteOutcome | undefined {
  const { entity, key } = change
  const table = tableNameOf(entity)
  const row = tx.get(table, key)
  for (const { version, deletedAt, values, deletedBefore } of overDiscovered(change, String(row?.clerkVersion))) {
    if (deletedBefore && deletedBefore <= (row?.deletedAt as Date)) continue
    tx.update(table, key, { ...(values && change.values), deletedAt, clerkVersion: version })
    if (values) settleParts(tx, change)
    return takenOutcome(change, false, deletedAt !== null)
  }
  return undefined
}

/** A kept row's version stays, and with it the order of its snapshots. */
function keep(tx: MemoryTransaction, change: Delete): WriteOutcome {
  const { entity, key, deletedAt, values } = change
  const table = tableNameOf(entity)
  const row = tx.get(table, key)
  const earlier = row?.deletedAt as Date | null | undefined
  if (earlier && earlier >= deletedAt) return heldOutcome(change, earlier.getTime() === deletedAt.getTime(), true)
  if (row) tx.update(table, key, { deletedAt })
  else tx.insert(table, { ...values, id: key, deletedAt, clerkVersion: NO_VERSION })
  return 'deleted'
}

export function findInRow(tx: MemoryTransaction, table: string, key: string): Found | undefined {
  const row = tx.get(table, key)
  if (!row) return undefined
  const version = String(row.clerkVersion)
  return { row, deleted: isTombstone(row), synced: version !== NO_VERSION, version }
}

/** A row that is older goes, and its version with it: nothing of it could stay. */
export function removeOlder(tx: MemoryTransaction, change: Change): WriteOutcome {
  const table = tableNameOf(change.entity)
  const row = tx.get(table, change.key)
  const { expected } = change
  const isHeld =
    expected === undefined
      ? String(row?.clerkVersion) >= change.version
      : row?.clerkVersion !== expected || (demandsLive(change) && isTombstone(row))
  if (row && isHeld) {
    return heldOutcome(change, row.clerkVersion === change.version, isTombstone(row))
  }
  removeParts(tx, change)
  tx.delete(table, change.key)
  return 'deleted'
}

/** Together with the values of their owner, and never without. */
function settleParts(tx: MemoryTransaction, change: Change): void {
  if (change.kind === 'upsert') writeParts(tx, change)
  else removeParts(tx, change)
}

function isTombstone(row: MemoryRow | undefined): boolean {
  return row !== undefined && row.deletedAt !== null
}
