import { unquoted } from '../../names.ts'
import { query, type Row } from '../../program.ts'
import { checksIn } from '../checks-in.ts'
import { affinityOf } from '../column-type.ts'
import type { ColumnFacts, TableFacts } from '../table-facts.ts'
import type { Catalog } from './catalog.ts'
import { sqliteForeignKeys } from './foreign-keys.ts'

export const catalog: Catalog = {
  foreignKeys: sqliteForeignKeys,
  padsChars: false,
  typed: (value) => value,
  *facts(quotedTable) {
    const table = unquoted(quotedTable)
    const columns = yield* query(
      'select name, type, "notnull" as not_null, dflt_value, pk, hidden from pragma_table_xinfo(?)',
      table,
    )
    // A part that is an expression has no column: such an index is unique of something else.
    const indexes = yield* query(
      `select i.name as name, i.origin as origin, group_concat(c.name, ',') as columns,
         i.partial = 0 and count(*) = count(c.name) as plain
       from pragma_index_list(?) i, pragma_index_info(i.name) c where i."unique" = 1 group by i.name, i.origin, i.partial`,
      table,
    )
    const leading = yield* query(
      `select distinct c.name as name from pragma_index_list(?) i, pragma_index_info(i.name) c
       where i.partial = 0 and c.seqno = 0 and c.name is not null`,
      table,
    )
    const insensitive = yield* query(
      `select distinct c.name as name from pragma_index_list(?) i, pragma_index_xinfo(i.name) c
       where c.key = 1 and c.coll <> 'BINARY' and c.name is not null`,
      table,
    )
    const references = yield* query('select "from" as name from pragma_foreign_key_list(?)', table)
    const [definition] = yield* query(
      "select type, sql from sqlite_master where type in ('table', 'view') and name = ?",
      table,
    )
    const triggers = yield* query(
      `select name, sql from sqlite_master where type = 'trigger' and lower(tbl_name) = lower(?) order by name`,
      table,
    )
    const text = String(definition?.sql ?? '')
    const keys = columns.filter((row) => Number(row.pk) > 0)
    const isStrict = /\)[^)]*\bstrict\b[^)]*$/i.test(text)
    const plain = indexes.filter((row) => Number(row.plain) === 1)
    const factsOf = (row: Row): ColumnFacts => {
      const type = String(row.type)
      const isRowId = /^integer$/i.test(type) && keys.length === 1 && keys[0] === row
      // Other columns keep a text as it is, whatever type they are declared with.
      const takesText = !isRowId && !(isStrict && !/^(text|any)$/i.test(type))
      return {
        notNull: Number(row.not_null) === 1,
        defaultValue: row.dflt_value === null ? null : String(row.dflt_value),
        // A length in a type limits nothing.
        ...(!takesText && { type, takesText }),
        affinity: affinityOf(type),
        declared: type || 'of no type',
        ignoresCase: insensitive.some(({ name }) => name === row.name),
        ...(row.dflt_value !== null && { filledBy: { sql: String(row.dflt_value), params: [] } }),
        ...(isRowId && { filledBy: { sql: '1', params: [] } }),
        // Its expression is in the text of the table alone.
        ...(Number(row.hidden) > 1 && { generatedAs: '' }),
      }
    }
    return {
      columns: new Map(columns.map((row) => [String(row.name), factsOf(row)])),
      primaryKey: keys.map((row) => String(row.name)),
      leading: [...leading, ...(keys.length === 1 ? keys : [])].map((row) => String(row.name)),
      uniques: plain.filter((row) => row.origin !== 'pk').map((row) => ({ columns: columnsIn(row) })),
      partialUniques: indexes
        .filter((row) => !plain.includes(row))
        .map((row) => ({ name: String(row.name), columns: columnsIn(row) })),
      references: references.map((row) => String(row.name)),
      checks: checksIn(text),
      triggers: triggers.filter(({ sql }) => !/\bdelete\s+on\b/i.test(String(sql))).map((row) => String(row.name)),
      ...(definition?.type === 'view' && { otherKind: 'view' }),
    } satisfies TableFacts
  },
}

function columnsIn({ columns }: Row): string[] {
  return columns === null ? [] : String(columns).split(',')
}
