import { query, type Row, send } from '../program.ts'
import { conflictWrite, type Dialect } from './dialect.ts'

const parameter = (n: number) => `$${n}`

/** PostgreSQL. A write is one statement: `created` is true for a new row, and no row comes back where the guard held. */
export const postgres: Dialect = {
  parameter,
  maxParameters: 65_535,
  writeText: (write, rows) => `${conflictWrite(write, rows, parameter)} returning (xmax = 0) as created`,
  writeReturns: true,
  *write(statements, change) {
    const { rows } = yield* send(statements.one(change))
    if (rows.length === 0) return 'unchanged'
    return rows[0]?.created ? 'created' : 'updated'
  },
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id}`,
  *facts(table) {
    const columns = yield* query(
      `select a.attname::text as name, a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as default_value,
         coalesce(not c.collisdeterministic, false) or t.typname = 'citext' as ignores_case
       from pg_attribute a
         join pg_type t on t.oid = a.atttypid
         left join pg_collation c on c.oid = a.attcollation
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
      table,
    )
    const indexes = yield* query(
      `select i.indisprimary as is_primary, string_agg(a.attname, ',' order by k.position) as columns
       from pg_index i
         cross join lateral unnest(i.indkey) with ordinality as k(attnum, position)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
       where i.indrelid = to_regclass($1) and i.indisunique and i.indimmediate and i.indisvalid
         and k.position <= i.indnkeyatts and i.indpred is null and i.indexprs is null
       group by i.indexrelid, i.indisprimary`,
      table,
    )
    const references = yield* query(
      `select a.attname::text as name
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
       where c.conrelid = to_regclass($1) and c.contype = 'f'`,
      table,
    )
    const columnsOf = (row: Row) => String(row.columns).split(',')
    return {
      columns: new Map(
        columns.map((row) => [
          String(row.name),
          {
            notNull: row.not_null === true,
            defaultValue: row.default_value === null ? null : String(row.default_value),
            ignoresCase: row.ignores_case === true,
          },
        ]),
      ),
      primaryKey: indexes.filter((row) => row.is_primary === true).flatMap(columnsOf),
      uniques: indexes.filter((row) => row.is_primary !== true).map(columnsOf),
      references: references.map((row) => String(row.name)),
    }
  },
}
