import type { Scanned } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { chunks } from '../chunks.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type Row, send } from '../program.ts'
import { type BesideStatements, keyOf } from './beside.ts'

/**
 * Rows and what is beside them; nothing of a key that has neither a row nor a tombstone. The rows were read first: a version
 * that is found afterwards may be newer than its row, and never older.
 */
export function* joined(
  statements: BesideStatements,
  dialect: Dialect,
  keys: readonly string[],
  rows: ReadonlyMap<string, Row>,
): Program<readonly Scanned[]> {
  const versions: Row[] = []
  for (const some of chunks(keys, dialect)) versions.push(...(yield* send(statements.versionsOf(some))).rows)
  const stored = new Map(versions.map((row) => [keyOf(row), row]))
  return keys.flatMap((key): Scanned[] => {
    const row = rows.get(key)
    const version = stored.get(key)
    const deleted = Number(version?.clerk_deleted) === 1
    if (!row && !deleted) return []
    return [{ key, row, deleted, synced: version !== undefined, version: String(version?.clerk_version ?? NO_VERSION) }]
  })
}
