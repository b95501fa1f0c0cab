import type { Change } from '../../port/sync-adapter.ts'
import { unquoted } from '../check.ts'
import { checksIn } from '../checks-in.ts'
import { conflictWrite } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import { query, type RunResult } from '../program.ts'
import { held, seen, taken, type Written } from '../written.ts'
import { type ChangeStatements, type Dialect, partialUniqueIndex, selectedRow } from './dialect.ts'

const parameter = () => '?'

/**
 * SQLite. What became of a write shows in the row before it and after it, in the same trip and transaction: the number
 * of changes is the same for an insert and an update, and for a late write and one that a trigger dropped.
 */
export const sqlite: Dialect = {
  parameter,
  maxParameters: 32_766,
  writeText: (write, rows) => conflictWrite(write, rows, parameter),
  writeReturns: false,
  exactDates: true,
  *write(statements, change) {
    const look = statements.look(change)
    const [before, , after] = (yield [look, statements.one(change), look]) as [RunResult, RunResult, RunResult]
    return writtenBetween(before, after, statements, change)
  },
  lockRow: '',
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id} as claimed`,
  *facts(quotedTable) {
    const table = unquoted(quotedTable)
    const columns = yield* query('select name, "notnull" as not_null, dflt_value, pk from pragma_table_info(?)', table)
    // A part that is an expression has no column: such an index is unique of something else.
    const uniques = yield* query(
      `select i.name as name, group_concat(c.name, ',') as columns
       from pragma_index_list(?) i, pragma_index_info(i.name) c
       where i."unique" = 1 and i.partial = 0 and i.origin <> 'pk' group by i.name having count(*) = count(c.name)`,
      table,
    )
    const insensitive = yield* query(
      `select distinct c.name as name from pragma_index_list(?) i, pragma_index_xinfo(i.name) c
       where c.key = 1 and c.coll <> 'BINARY' and c.name is not null`,
      table,
    )
    const references = yield* query('select "from" as name from pragma_foreign_key_list(?)', table)
    const [definition] = yield* query("select sql from sqlite_master where type = 'table' and name = ?", table)
    return {
      columns: new Map(
        columns.map((row) => [
          String(row.name),
          {
            notNull: Number(row.not_null) === 1,
            defaultValue: row.dflt_value === null ? null : String(row.dflt_value),
            ignoresCase: insensitive.some(({ name }) => name === row.name),
          },
        ]),
      ),
      primaryKey: columns.filter((row) => Number(row.pk) > 0).map((row) => String(row.name)),
      uniques: uniques.map((row) => ({ columns: String(row.columns).split(',') })),
      references: references.map((row) => String(row.name)),
      checks: checksIn(String(definition?.sql ?? '')),
    }
  },
  rowSource: (_, columns) => selectedRow(columns),
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
