import type { Change } from '../../port/sync-adapter.ts'
import { conflictWrite, tuples } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import type { RunResult } from '../program.ts'
import { held, seen, taken, type Written } from '../written.ts'
import { type ChangeStatements, type Dialect, partialUniqueIndex } from './dialect.ts'

const parameter = () => '?'
const bytes = (expression: string) => `${expression} collate binary`
const text = (column: string) => `cast(${column} as text)`

/**
 * SQLite. What became of a write shows in the row before it and after it, in the same trip and transaction: the number
 * of changes is the same for an insert and an update, and for a late write and one that a trigger dropped.
 */
export const sqlite: Dialect = {
  parameter,
  maxParameters: 32_766,
  writeText: (write, rows) => conflictWrite(write, `values ${tuples(write.values, rows, parameter)}`, bytes),
  writeReturns: false,
  beside: async () => (await import('../beside/sqlite.ts')).sqliteBeside,
  parts: async () => (await import('../parts/sqlite.ts')).sqliteParts,
  exactDates: true,
  *write(statements, change) {
    const look = statements.look(change)
    const [before, , after] = (yield [look, statements.one(change), look]) as [RunResult, RunResult, RunResult]
    return writtenBetween(before, after, statements, change)
  },
  lockRow: '',
  skipLocked: 'never',
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id} as claimed`,
  texts: {
    of: text,
    lowerIn: (column, list) => `lower(${text(column)}) in (${list})`,
    same: (column, value) => `${bytes(text(column))} = ${value}`,
  },
  catalog: async () => (await import('../check/catalogs/sqlite.ts')).catalog,
  uniqueAmongLive: partialUniqueIndex,
}

/** What became of a write, by the looks before and after it, of one transaction. */
export function writtenBetween(
  before: RunResult,
  after: RunResult,
  statements: ChangeStatements,
  change: Change,
): Written {
  const found = seen(after, change)
  if (!held(change, found)) throw lostWrite(statements, change, found)
  const earlier = seen(before, change)
  return held(change, earlier) ?? taken(change, earlier.found === 'absent', found.deleted)
}
