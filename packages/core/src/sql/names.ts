import type { SqlTable } from './table.ts'

/** Names are quoted, and may hold anything: ` from `, the end of a line, or a quote, which is doubled. */
const SELECT = /^select ((?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\.)+) from (.+)$/s

/**
 * The names of a table and its columns in the database, read off a rendered `select "column" from "table"`: so they are
 * what the ORM makes of them, with its casing, its plugins, its schema and its dialect. Each is rendered when it is first
 * asked for.
 *
 * @param anyProperty - one that the table has
 * @param render - the text of a `select` of this property from the table
 */
export function namesOf(
  anyProperty: string,
  render: (property: string) => string,
): Readonly<Pick<SqlTable, 'quoted' | 'column'>> {
  const columns = new Map<string, string>()
  const parts = (property: string): [column: string, table: string] => {
    const [, column = '', table = ''] = SELECT.exec(render(property)) ?? []
    return [column, table]
  }
  let table: string | undefined
  return {
    get quoted() {
      table ??= parts(anyProperty)[1]
      return table
    },
    column(property) {
      const name = columns.get(property) ?? parts(property)[0]
      columns.set(property, name)
      return name
    },
  }
}

/** A name without its quotes and its schema. */
export function unquoted(name: string): string {
  return name.slice(name.lastIndexOf(name.slice(-1), name.length - 2) + 1, -1)
}

/** MySQL and SQLite ignore the case of columns. */
export function isNamed(quoted: string, name: string): boolean {
  return unquoted(quoted).toLowerCase() === name.toLowerCase()
}
