import { unquoted } from '../../names.ts'
import { type Program, query, type Row } from '../../program.ts'

/** A foreign key of one column. */
export interface ForeignKeyFacts {
  readonly column: string
  /** The column that it refers to. */
  readonly target: string
  readonly onDelete: 'cascade' | 'set null' | 'set default' | 'restrict' | 'no action'
  readonly takesNull: boolean
}

export interface ForeignKeys {
  /** Those of one table to another, by their quoted names. */
  between(table: string, target: string): Program<readonly ForeignKeyFacts[]>
  /** What follows the select of a row that nobody may change until the transaction ends; others may read it so as well. */
  readonly shareLock: string
}

const ACTIONS: Readonly<Record<string, ForeignKeyFacts['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

export const postgresForeignKeys: ForeignKeys = {
  *between(table, target) {
    const rows = yield* query(
      `select a.attname::text as name, t.attname::text as target, c.confdeltype::text as action,
         not (a.attnotnull or y.typnotnull) as takes_null
       from pg_constraint c
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         join pg_attribute t on t.attrelid = c.confrelid and t.attnum = c.confkey[1]
         join pg_type y on y.oid = a.atttypid
       where c.contype = 'f' and cardinality(c.conkey) = 1
         and c.conrelid = to_regclass($1) and c.confrelid = to_regclass($2)`,
      table,
      target,
    )
    return rows.map((row) => facts(row, ACTIONS[String(row.action)], row.takes_null === true))
  },
  shareLock: ' for share',
}

export const mysqlForeignKeys: ForeignKeys = {
  *between(table, target) {
    const schemaOf = (quoted: string) => (quoted.includes('`.`') ? quoted.slice(1, quoted.indexOf('`.`')) : null)
    const rows = yield* query(
      `select k.column_name as name, k.referenced_column_name as target, r.delete_rule as action,
         c.is_nullable as nullable
       from information_schema.key_column_usage k
         join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
           and r.table_name = k.table_name and r.constraint_name = k.constraint_name
         join information_schema.columns c on c.table_schema = k.table_schema
           and c.table_name = k.table_name and c.column_name = k.column_name
       where k.table_schema = coalesce(?, database()) and k.table_name = ?
         and k.referenced_table_schema = coalesce(?, database()) and k.referenced_table_name = ?
         and not exists (
           select 1 from information_schema.key_column_usage o where o.constraint_schema = k.constraint_schema
             and o.table_name = k.table_name and o.constraint_name = k.constraint_name and o.ordinal_position > 1
         )`,
      schemaOf(table),
      unquoted(table),
      schemaOf(target),
      unquoted(target),
    )
    return rows.map((row) => facts(row, row.action, row.nullable === 'YES'))
  },
  shareLock: ' lock in share mode',
}

export const sqliteForeignKeys: ForeignKeys = {
  *between(table, target) {
    // A key may leave out the column that it refers to: then it is the primary key.
    const rows = yield* query(
      `select f."from" as name, coalesce(f."to", (select p.name from pragma_table_info(?) p where p.pk = 1)) as target,
         f.on_delete as action, i."notnull" as not_null
       from pragma_foreign_key_list(?) f join pragma_table_info(?) i on lower(i.name) = lower(f."from")
       where lower(f."table") = lower(?)
         and not exists (select 1 from pragma_foreign_key_list(?) o where o.id = f.id and o.seq > 0)`,
      unquoted(target),
      unquoted(table),
      unquoted(table),
      unquoted(target),
      unquoted(table),
    )
    return rows.map((row) => facts(row, row.action, Number(row.not_null) === 0))
  },
  // A transaction that writes has the database to itself.
  shareLock: '',
}

function facts({ name, target }: Row, action: unknown, takesNull: boolean): ForeignKeyFacts {
  const onDelete = Object.values(ACTIONS).find((one) => one === String(action).toLowerCase()) ?? 'no action'
  return { column: String(name), target: String(target), onDelete, takesNull }
}
