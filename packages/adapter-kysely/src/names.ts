import type { SqlTable } from '@clerk-sync/core/sql'

/**
 * Reads the names off a compiled `select "column" from "table"`: so they are what the instance's plugins, its
 * `withSchema` and its dialect make of them. Each is compiled when it is first asked for.
 *
 * @param compile - gives the text of a `select` of that column
 */
export function namesOf(
  anyColumn: string,
  compile: (column: string) => string,
): Readonly<Pick<SqlTable, 'quoted' | 'column'>> {
  const known = new Map<string, string>()
  const parts = (column: string): [column: string, table: string] => {
    const sql = compile(column)
    const from = sql.lastIndexOf(' from ')
    return [sql.slice('select '.length, from), sql.slice(from + ' from '.length)]
  }
  let table: string | undefined
  return {
    get quoted() {
      table ??= parts(anyColumn)[1]
      return table
    },
    column(column) {
      const name = known.get(column) ?? parts(column)[0]
      known.set(column, name)
      return name
    },
  }
}
