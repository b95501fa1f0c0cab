import type { Change } from '../../port/sync-adapter.ts'
import { conflictWrite, tuples } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import { type RunResult, send } from '../program.ts'
import { held, isStored, seen, taken } from '../written.ts'
import { type ChangeStatements, type Dialect, partialUniqueIndex } from './dialect.ts'
import { stepsWithMark, stepsWithRow } from './sqlite-write.ts'

const bytes = (expression: string) => `${expression} collate binary`
const text = (column: string) => `cast(${column} as text)`

/**
 * SQLite. An update and an insert in one batch, of which one may write; and a look, since a trigger may have changed it.
 */
export const sqlite: Dialect = {
  parameter: () => '?',
  maxParameters: 32_766,
  writeText: (write, rows) => conflictWrite(write, `values ${tuples(write.values, rows, () => '?')}`, bytes),
  writeReturns: false,
  beside: async () => (await import('../beside/sqlite.ts')).sqliteBeside,
  parts: async () => (await import('../parts/sqlite.ts')).sqliteParts,
  exactDates: true,
  *write(statements, change) {
    const steps = stepsWithMark(statements, change)
    const results = yield [...steps.map(({ statement }) => statement), statements.look(change)]
    const found = seen(results.at(-1) as RunResult, change)
    const written = held(change, found)
    if (!written) throw lostWrite(statements, change, found)
    const step = steps.find((_, n) => results[n]?.rows.length === 1)
    return step ? taken(change, step.inserts, found.deleted) : written
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

/**
 * SQLite where a statement costs no round trip: mostly one, in place of a batch, which is a transaction. The row that it
 * gives is not looked at where there are no triggers.
 */
export const sqliteStepwise: Dialect = {
  ...sqlite,
  *write(statements, change, faultOf) {
    for (const { statement, inserts } of stepsWithRow(statements, change)) {
      const [row] = (yield* send(statement)).rows
      if (!row) continue
      const isSeen = isStored(row, change) && Number(row.clerk_triggers) === 0
      if (isSeen) return taken(change, inserts, Number(row.clerk_deleted) === 1)
      const found = yield* look(statements, change)
      if (!held(change, found)) throw lostWrite(statements, change, found)
      return taken(change, inserts, found.deleted)
    }
    // Where the row has no need of it, it says so. Otherwise another connection was in between, or a trigger drops writes.
    return held(change, yield* look(statements, change)) ?? (yield* sqlite.write(statements, change, faultOf))
  },
}

function* look(statements: ChangeStatements, change: Change) {
  return seen(yield* send(statements.look(change)), change)
}
