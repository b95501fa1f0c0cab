import { ClerkSyncError } from '../errors.ts'
import type { Found } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import type { Row } from './program.ts'
import type { KeyedTable, SyncedTable } from './table.ts'

/** The row with this key, of those that a query gave: a collation that ignores case finds others as well. */
export function rowOf(rows: readonly Row[], table: KeyedTable, key: string): Row | undefined {
  return rows.find((row) => row[table.key] === key)
}

/** The rows by their keys: a collation that ignores case finds others as well, and the application may have rows without one. */
export function ownRows(
  table: KeyedTable,
  keys: readonly string[] | undefined,
  rows: readonly Row[],
): readonly (readonly [string, Row])[] {
  const asked = keys && new Set(keys)
  return rows.flatMap((row) => {
    const key = row[table.key]
    return typeof key === 'string' && (!asked || asked.has(key)) ? [[key, row] as const] : []
  })
}

/** What its sync columns say of a row that the application's own query gave. */
export function foundRow(adapter: string, table: SyncedTable, row: Row): Found {
  const deletedAt = syncColumn(adapter, table, row, table.deletedAt)
  const version = String(syncColumn(adapter, table, row, table.clerkVersion))
  return { row, deleted: deletedAt !== null, synced: version !== NO_VERSION, version }
}

/** Without them every row would pass for synced, or for deleted. */
function syncColumn(adapter: string, table: SyncedTable, row: Row, property: string): unknown {
  const value = row[property]
  if (value !== undefined) return value
  throw new ClerkSyncError(
    'config_invalid',
    `${table.name}.${property} is not in what ${adapter} reads: an extension or a plugin takes it out of the rows. Give ` +
      'the adapter a client without it.',
  )
}
