import { type Part, type PartColumnNames, RESERVED_COLUMNS } from '@clerk-sync/core/adapter'
import type { PartTable, SqlExpression, SqlTable } from '@clerk-sync/core/sql'
import { type Column, getTableColumns, getTableName, type SQL, type Table } from 'drizzle-orm'
import { infoOf, isRequired, unfitFor } from './column-info.ts'
import { computedIn, config, encode, requireColumn } from './synced-table.ts'
import { uniqueIndexesOf } from './unique-indexes.ts'

/** What is known of a table beside its schema object. */
interface PartReading {
  readonly names: Pick<SqlTable, 'quoted' | 'column'>
  readonly expression: (value: SQL) => SqlExpression
  readonly columns: PartColumnNames
}

/**
 * Reads the schema object of a table of parts. Columns go by their property names.
 *
 * @throws ClerkSyncError `config_invalid` for what the object shows to be wrong.
 */
export function readPartTable(part: Part, table: Table, given: PartReading): PartTable {
  const { names, expression, columns } = given
  const indexes = uniqueIndexesOf(table)
  const name = getTableName(table)
  const all: Record<string, Column> = getTableColumns(table)
  const { key = 'clerkId' in all ? 'clerkId' : 'id', owner = 'userId' } = columns
  const fix = `Add userId: clerkId('user_id').notNull() and id: clerkId().notNull(), or name yours: { table, key, owner }.`
  const own = [requireColumn(name, all, owner, fix), requireColumn(name, all, key, fix)] as const
  const isKey = (index: readonly string[]) => index.length === 2 && own.every((column) => index.includes(column.name))
  if (!indexes.some(isKey)) {
    throw config(
      `${name} must have its user's id and its own as its primary key, or in a unique index of both: add ` +
        `(table) => [primaryKey({ columns: [table.${owner}, table.${key}] })] to it.`,
    )
  }
  for (const column of own) {
    const unfit = unfitFor('user', column)
    if (unfit) throw config(`${name}.${column.name} ${unfit}`)
  }
  if (key !== 'id' && all.id && isRequired(all.id)) {
    throw config(`${name}.${all.id.name} is the application's own key and nothing fills it: give it a default.`)
  }
  const taken = new Set([...RESERVED_COLUMNS, key, owner])
  const filled = Object.entries(all).filter(([property]) => !taken.has(property))
  return {
    part,
    name,
    get quoted() {
      return names.quoted
    },
    column: names.column,
    encode: (property, value) => encode(all[property] as Column, value, name),
    columns: Object.fromEntries(filled.map(([property, column]) => [property, infoOf(property, column, indexes)])),
    owner,
    key,
    computed: computedIn(all, expression),
  }
}
