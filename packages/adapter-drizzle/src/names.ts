import type { SqlTable } from '@clerk-sync/core/sql'
import { type Column, getTableColumns, type Table } from 'drizzle-orm'

/**
 * Reads the names off a rendered `select "column" from "table"`: Drizzle offers no other way to learn what its `casing`
 * makes of them. Each is rendered when it is first asked for.
 */
export function namesOf(table: Table, render: (column: Column) => string): Pick<SqlTable, 'quoted' | 'column'> {
  const columns: Record<string, Column> = getTableColumns(table)
  const known = new Map<string, string>()
  const parts = (property: string): [column: string, table: string] => {
    const sql = render(columns[property] as Column)
    const from = sql.lastIndexOf(' from ')
    return [sql.slice('select '.length, from), sql.slice(from + ' from '.length)]
  }
  let tableName: string | undefined
  return {
    get quoted() {
      tableName ??= parts(Object.keys(columns)[0] as string)[1]
      return tableName
    },
    column(property) {
      const name = known.get(property) ?? parts(property)[0]
      known.set(property, name)
      return name
    },
  }
}
