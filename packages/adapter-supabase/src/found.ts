import { type Found, NO_VERSION } from '@clerk-sync/core/adapter'
import type { Row, SyncedTable } from '@clerk-sync/core/sql'

export function foundInRow({ clerkVersion, deletedAt }: SyncedTable, row: Row): Found {
  const version = String(row[clerkVersion])
  return { row, deleted: row[deletedAt] !== null, synced: version !== NO_VERSION, version }
}

/** @param beside - the row of the table of versions */
export function foundBeside(row: Row | undefined, beside: Row | undefined): Found | undefined {
  const deleted = beside !== undefined && beside.deleted_at !== null
  if (!row && !deleted) return undefined
  return { row, deleted, synced: beside !== undefined, version: String(beside?.version ?? NO_VERSION) }
}
