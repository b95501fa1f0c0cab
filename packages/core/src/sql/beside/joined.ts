import type { Scanned } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { Row } from '../program.ts'
import { keyOf } from './beside.ts'

/** Rows and what is beside them; nothing of a key that has neither a row nor a tombstone. */
export function joined(
  keys: readonly string[],
  rows: ReadonlyMap<string, Row>,
  versions: readonly Row[],
): readonly Scanned[] {
  const stored = new Map(versions.map((row) => [keyOf(row), row]))
  return keys.flatMap((key): Scanned[] => {
    const row = rows.get(key)
    const version = stored.get(key)
    const deleted = Number(version?.clerk_deleted) === 1
    if (!row && !deleted) return []
    return [{ key, row, deleted, synced: version !== undefined, version: String(version?.clerk_version ?? NO_VERSION) }]
  })
}
