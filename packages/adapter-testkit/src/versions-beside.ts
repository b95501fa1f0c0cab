import { LONGEST_VERSION, NO_VERSION } from '@clerk-sync/core/adapter'
import type { RawRow } from './harness.ts'
import { canonical, type RowValues } from './row.ts'
import { type SyncedTableName, TABLES } from './tables.ts'

/**
 * Rows as they would be with their versions in them: without a version, as the application inserted them; without a row,
 * what is left of a removed one.
 */
export function withVersions(
  table: SyncedTableName,
  rows: readonly RawRow[],
  versions: readonly RawRow[],
): RowValues[] {
  const { key, columns } = TABLES[table]
  const nulls = Object.fromEntries(Object.keys(columns).map((column) => [column, null]))
  const own = new Map(versions.filter(({ tableName }) => tableName === table).map((row) => [row.id, row]))
  const joined = rows.map((row) => {
    const beside = own.get(row[key])
    own.delete(row[key])
    return canonical(table, { ...row, clerkVersion: inRow(beside?.version), deletedAt: beside?.deletedAt ?? null })
  })
  const alone = Array.from(own.values(), ({ id, version, deletedAt }) => {
    const { clerkVersion, deletedAt: time } = canonical(table, { ...nulls, clerkVersion: inRow(version), deletedAt })
    return { [key]: id, clerkVersion, deletedAt: time }
  })
  return [...joined, ...alone]
}

/** A tombstone that keeps its values has the version of its snapshot under an 8, where the version is not in the row. */
function inRow(version: unknown = NO_VERSION): unknown {
  if (typeof version !== 'string' || version.length !== LONGEST_VERSION || !version.startsWith('8')) return version
  return /^80+$/.test(version) ? NO_VERSION : version.slice(1)
}
