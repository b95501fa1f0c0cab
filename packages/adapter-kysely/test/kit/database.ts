import {
  fillableColumns,
  type KitColumn,
  type PartTableName,
  type SyncedTableName,
  TABLES,
  type TableName,
} from '@clerk-sync/adapter-testkit'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import type { Generated } from 'kysely'

interface Values {
  key: string
  text: string
  json: Record<string, unknown> | string[]
  date: Date
  boolean: boolean
  integer: number
  serial: Generated<number>
}
type Value<C extends Pick<KitColumn, 'kind'>> = C extends { notNull: true }
  ? Values[C['kind']]
  : Values[C['kind']] | null
type Column<C extends Pick<KitColumn, 'kind'>> = C extends { default: unknown } ? Generated<Value<C>> : Value<C>
type Columns<T extends TableName> = (typeof TABLES)[T]['columns']

/** The kit's tables, as an application with the `CamelCasePlugin` would describe them. */
export type Database = {
  [T in TableName]: { -readonly [C in keyof Columns<T>]: Column<Columns<T>[C] & KitColumn> }
}

/** What `kyselyAdapter` is given for a table. The application's own columns as well: what no map returns stays. */
function optionsOf(table: SyncedTableName) {
  return { ...columnsOf(table), key: TABLES[table].key }
}

function columnsOf(table: SyncedTableName | PartTableName) {
  const columns = Object.entries(fillableColumns(table))
  const defaults = columns.filter(([, column]) => column.notNull && column.default !== undefined)
  return {
    table,
    columns: columns.map(([name]) => name),
    defaults: Object.fromEntries(defaults.map(([name, column]) => [name, column.default])),
    json: columns.filter(([, { array }]) => array).map(([name]) => name),
  }
}

export const shapes = {
  ...shapesOf(optionsOf, 'events'),
  ...partShapesOf(optionsOf('users'), columnsOf, { events: 'events' }),
}

/** The same with the versions beside. */
export const besideShapes = {
  ...shapesBesideOf(optionsOf, 'events', 'versions'),
  ...partShapesOf(optionsOf('users'), columnsOf, { events: 'events', versions: 'versions' }),
}
