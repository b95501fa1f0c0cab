import { SVIX_TIMEOUT_MS } from '../../port/limits.ts'
import type { Change } from '../../port/sync-adapter.ts'
import { unquoted } from '../check.ts'
import { conflictWrite } from '../guarded-write.ts'
import { lostWrite, seen } from '../lost-write.ts'
import { query, type Row, send } from '../program.ts'
import { type Dialect, partialUniqueIndex } from './dialect.ts'

const parameter = (n: number) => `$${n}`

/**
 * For this transaction alone, and where the application has set no limit: the server would keep the locks of a client
 * that vanished until keep-alive finds out, and every delivery for its rows would wait.
 */
const LIMIT_OF_A_VANISHED_CLIENT = (() => {
  const name = "'idle_in_transaction_session_timeout'"
  const current = `current_setting(${name})`
  return `set_config(${name}, case ${current} when '0' then '${SVIX_TIMEOUT_MS}' else ${current} end, true)`
})()

/**
 * PostgreSQL. A write is one statement, which gives the row as it is stored: `created` is true for a new one. No row comes
 * back where the guard held, and where a trigger dropped the write: then the row is looked at.
 */
export const postgres: Dialect = {
  parameter,
  maxParameters: 65_535,
  writeText(write, rows) {
    const { key, guard } = write
    const stored = `(xmax = 0) as created, ${key} as clerk_key, ${guard} as clerk_guard`
    return `${conflictWrite(write, rows, parameter)} returning ${stored}`
  },
  writeReturns: true,
  bindsObjects: true,
  *write(statements, change) {
    const [row] = (yield* send(statements.one(change))).rows
    if (row && isStored(row, change)) return row.created ? 'created' : 'updated'
    const found = seen(yield* send(statements.look(change)), change)
    if (found === 'held') return 'unchanged'
    throw lostWrite(statements, change, found)
  },
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id} as claimed, ${LIMIT_OF_A_VANISHED_CLIENT}`,
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
      // Before PostgreSQL 15 there is no such column, and no such index.
      `select i.indisprimary as is_primary, to_jsonb(i) -> 'indnullsnotdistinct' = 'true' as nulls_not_distinct, string_agg(a.attname, ',' order by k.position) as columns
       from pg_index i
         cross join lateral unnest(i.indkey) with ordinality as k(attnum, position)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
       where i.indrelid = to_regclass($1) and i.indisunique and i.indimmediate and i.indisvalid
         and k.position <= i.indnkeyatts and i.indpred is null and i.indexprs is null
       group by i.indexrelid, i.indisprimary, 2`,
      table,
    )
    const references = yield* query(
      `select a.attname::text as name
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
       where c.conrelid = to_regclass($1) and c.contype = 'f'`,
      table,
    )
    const checks = yield* query(
      `select conname::text as name, pg_get_expr(conbin, conrelid) as expression
       from pg_constraint where conrelid = to_regclass($1) and contype = 'c'`,
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
      uniques: indexes
        .filter((row) => row.is_primary !== true)
        .map((row) => ({ columns: columnsOf(row), nullsNotDistinct: row.nulls_not_distinct === true })),
      references: references.map((row) => String(row.name)),
      checks: checks.map((row) => ({ name: String(row.name), expression: String(row.expression) })),
    }
  },
  rowSource: (table, columns) => ({
    sql: `jsonb_populate_record(null::${table}, $1::jsonb) as t`,
    params: [JSON.stringify(Object.fromEntries(columns.map(([column, value]) => [unquoted(column), value])))],
  }),
  uniqueAmongLive: partialUniqueIndex,
}

/** A trigger may have changed the row on its way. A kept tombstone's date may be rounded. */
function isStored({ clerk_key, clerk_guard }: Row, change: Change): boolean {
  const keep = change.kind === 'delete' && change.mode === 'keep'
  return clerk_key === change.key && (keep ? clerk_guard !== null : clerk_guard === change.version)
}
