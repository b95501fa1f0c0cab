import { chainOf } from '../../../errors.ts'
import { prop } from '../../../port/prop.ts'
import { type Program, query, type Row } from '../../program.ts'
import type { ColumnFacts, TableFacts } from '../table-facts.ts'
import type { Catalog } from './catalog.ts'
import { postgresForeignKeys } from './foreign-keys.ts'
import { rowSecurityOf } from './postgres-policies.ts'

const KINDS: Readonly<Record<string, string>> = {
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  p: 'partitioned table',
}

/** The type of a column, or, of a domain, what is behind it: a domain of a domain too. */
const BASE_TYPES = `
  with recursive base as (
    select a.attnum, a.atttypid as typid, a.atttypmod as typmod, false as not_null, null::text collate "C" as default_value
    from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
    union all
    select b.attnum, t.typbasetype, t.typtypmod, b.not_null or t.typnotnull, coalesce(b.default_value, t.typdefault) collate "C"
    from base b join pg_type t on t.oid = b.typid where t.typtype = 'd'
  )`

export const catalog: Catalog = {
  foreignKeys: postgresForeignKeys,
  padsChars: true,
  *settings() {
    const [row] = yield* query("select current_setting('transaction_read_only') as read_only")
    if (row?.read_only !== 'on') return []
    const message =
      'The database takes no writes from this connection: it is a replica, or default_transaction_read_only is set. ' +
      'Every delivery is answered 503 store_failed: connect to the primary, without that setting.'
    return [{ severity: 'error', table: '(server)', message }]
  },
  typed: (value, { type }) => (type === undefined ? value : `cast(${value} as ${type})`),
  *facts(table) {
    const columns = yield* columnsOf(table)
    const indexes = yield* query(
      // Before PostgreSQL 15 there is no such column, and no such index.
      `select c.relname::text as name, i.indisprimary as is_primary,
         to_jsonb(i) -> 'indnullsnotdistinct' = 'true' as nulls_not_distinct,
         not i.indimmediate as deferrable, i.indisexclusion as excludes,
         i.indpred is not null or i.indexprs is not null or i.indisexclusion as partial,
         (select string_agg(a.attname, ',' order by k.position)
          from unnest(i.indkey) with ordinality as k(attnum, position)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
          where k.position <= i.indnkeyatts) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = to_regclass($1) and (i.indisunique or i.indisexclusion) and i.indisvalid`,
      table,
    )
    const leading = yield* query(
      `select distinct a.attname::text as name
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = to_regclass($1) and i.indisvalid and i.indpred is null`,
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
    // Of a trigger's bits, 4 is an insert and 16 an update.
    const triggers = yield* query(
      `select tgname::text as name from pg_trigger
       where tgrelid = to_regclass($1) and not tgisinternal and tgenabled <> 'D' and tgtype & 20 <> 0 order by tgname`,
      table,
    )
    // 2 is an update, and 3 an insert, which a rule that does nothing beside it leaves alone.
    const rules = yield* query(
      `select rulename::text as name from pg_rewrite
       where ev_class = to_regclass($1) and ev_enabled <> 'D'
         and (ev_type = '2' or ev_type = '3' and pg_get_ruledef(oid) not like '% DO NOTHING;') order by rulename`,
      table,
    )
    const [relation] = yield* query(
      `select relkind::text as kind, current_user::text as role, row_security_active(oid) as secured
       from pg_class where oid = to_regclass($1)`,
      table,
    )
    const otherKind = KINDS[String(relation?.kind)]
    const whole = indexes.filter((row) => row.partial !== true)
    return {
      columns,
      primaryKey: whole.filter(isPrimaryKey).flatMap(namesIn),
      leading: leading.map((row) => String(row.name)),
      uniques: whole
        .filter((row) => !isPrimaryKey(row))
        .map((row) => ({
          columns: namesIn(row),
          nullsNotDistinct: row.nulls_not_distinct === true,
          deferrable: row.deferrable === true,
        })),
      partialUniques: indexes
        .filter((row) => row.partial === true)
        .map((row) => ({ name: String(row.name), columns: namesIn(row), excludes: row.excludes === true })),
      references: references.map((row) => String(row.name)),
      checks: checks.map((row) => ({ name: String(row.name), expression: String(row.expression) })),
      triggers: triggers.map((row) => String(row.name)),
      rules: rules.map((row) => String(row.name)),
      ...(otherKind && { otherKind }),
      ...(relation?.secured === true && { rowSecurity: yield* rowSecurityOf(table, String(relation.role)) }),
    } satisfies TableFacts
  },
}

function* columnsOf(table: string): Program<ReadonlyMap<string, ColumnFacts>> {
  let rows: readonly Row[]
  try {
    rows = yield* query(
      `${BASE_TYPES}
       select a.attname::text as name, a.attnotnull or b.not_null as not_null,
         coalesce(pg_get_expr(d.adbin, d.adrelid), b.default_value) as default_value,
         format_type(b.typid, b.typmod) as type,
         t.typcategory = 'S' as takes_text,
         case when t.typtype = 'e' then
           (select json_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = t.oid) end as labels,
         case when t.typname in ('varchar', 'bpchar') and b.typmod > 4 then b.typmod - 4 end as length,
         case when t.typname in ('timestamp', 'timestamptz') and b.typmod >= 0 then b.typmod end as fraction_digits,
         a.attidentity <> '' as is_identity, a.attgenerated <> '' as is_generated,
         coalesce(not c.collisdeterministic, false) or t.typname = 'citext' as ignores_case,
         has_column_privilege(a.attrelid, a.attnum, 'select') as can_select,
         has_column_privilege(a.attrelid, a.attnum, 'insert') as can_insert,
         has_column_privilege(a.attrelid, a.attnum, 'update') as can_update,
         has_table_privilege(a.attrelid, 'delete') as can_delete
       from pg_attribute a
         join base b on b.attnum = a.attnum
         join pg_type t on t.oid = b.typid and t.typtype <> 'd'
         left join pg_collation c on c.oid = a.attcollation
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
      table,
    )
  } catch (error) {
    // Without USAGE on its schema, a table is as good as absent.
    if (![...chainOf(error)].some((link) => prop(link, 'code') === '42501')) throw error
    rows = []
  }
  return new Map(rows.map((row) => [String(row.name), columnFacts(row)]))
}

function columnFacts(row: Row): ColumnFacts {
  const value = row.default_value === null ? null : String(row.default_value)
  const isGenerated = row.is_generated === true
  const denied = (['select', 'insert', 'update', 'delete'] as const).filter((command) => row[`can_${command}`] !== true)
  // A sequence is not moved by a look.
  const filledBy = row.is_identity === true || value?.startsWith('nextval(') ? '1' : isGenerated ? null : value
  return {
    notNull: row.not_null === true,
    defaultValue: isGenerated ? null : value,
    type: String(row.type),
    takesText: row.takes_text === true,
    ...(row.labels !== null && { labels: JSON.parse(String(row.labels)) as string[] }),
    ...(row.length !== null && { length: Number(row.length) }),
    ...(row.fraction_digits !== null && { fractionDigits: Number(row.fraction_digits) }),
    ignoresCase: row.ignores_case === true,
    ...(filledBy !== null && { filledBy: { sql: filledBy, params: [] } }),
    ...(isGenerated && { generatedAs: String(value) }),
    denied,
  }
}

/** What a write names in ON CONFLICT: none that may be looked at as late as the commit. */
function isPrimaryKey(row: Row): boolean {
  return row.is_primary === true && row.deferrable !== true
}

function namesIn({ columns }: Row): string[] {
  return columns === null ? [] : String(columns).split(',')
}
