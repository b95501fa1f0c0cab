import { unquoted } from '../check.ts'
import { query } from '../program.ts'
import { conflictWrite, type Dialect } from './dialect.ts'

const parameter = () => '?'

/** SQLite. It does not tell an insert from an update afterwards, so the version is read before, in the same trip. */
export const sqlite: Dialect = {
  parameter,
  maxParameters: 32_766,
  writeText: (write, rows) => conflictWrite(write, rows, parameter),
  writeReturns: false,
  *write(statements, change) {
    const [before, write] = yield [statements.versions([change.key]), statements.one(change)]
    if (write?.affected === 0) return 'unchanged'
    return before?.rows.length === 0 ? 'created' : 'updated'
  },
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id}`,
  *facts(quotedTable) {
    const table = unquoted(quotedTable)
    const columns = yield* query('select name, "notnull" as not_null, dflt_value, pk from pragma_table_info(?)', table)
    const uniques = yield* query(
      `select i.name as name, group_concat(c.name, ',') as columns
       from pragma_index_list(?) i, pragma_index_info(i.name) c
       where i."unique" = 1 and i.partial = 0 and i.origin <> 'pk' group by i.name`,
      table,
    )
    const insensitive = yield* query(
      `select distinct c.name as name from pragma_index_list(?) i, pragma_index_xinfo(i.name) c
       where c.key = 1 and c.coll <> 'BINARY' and c.name is not null`,
      table,
    )
    const references = yield* query('select "from" as name from pragma_foreign_key_list(?)', table)
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
      uniques: uniques.map((row) => String(row.columns).split(',')),
      references: references.map((row) => String(row.name)),
    }
  },
}
