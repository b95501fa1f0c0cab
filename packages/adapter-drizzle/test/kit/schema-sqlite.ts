import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import type { PartTableName, SyncedTableName } from '@clerk-sync/adapter-testkit'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import { integer, primaryKey, type SQLiteColumnBuilderBase, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { columnsOf } from './columns.ts'

const make = {
  key: () => clerkId(),
  text: () => text(),
  json: () => text({ mode: 'json' }),
  date: () => integer({ mode: 'timestamp_ms' }),
  boolean: () => integer({ mode: 'boolean' }),
  integer: () => integer(),
  serial: () => integer(),
}

const tableOf = (name: SyncedTableName) => {
  const columns = columnsOf<SQLiteColumnBuilderBase>(name, make)
  return sqliteTable(name, { ...columns, id: columns.id!, ...syncColumns() })
}

const bareTableOf = (name: SyncedTableName) => {
  const columns = columnsOf<SQLiteColumnBuilderBase>(name, make)
  return sqliteTable(name, { ...columns, id: columns.id! })
}

const partTableOf = (name: PartTableName) => {
  const columns = columnsOf<SQLiteColumnBuilderBase>(name, make)
  const all = { ...columns, userId: columns.userId!, id: columns.id! }
  return sqliteTable(name, all, (table) => [primaryKey({ columns: [table.userId, table.id] })])
}

export const welcomes = sqliteTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

const events = clerkEventsTable('events')
const versions = clerkVersionsTable('versions')

/** What `drizzleAdapter` is given for each shape. */
export const shapes = { ...shapesOf(tableOf, events), ...partShapesOf(tableOf('users'), partTableOf, { events }) }

/** The same with the versions beside. */
export const besideShapes = {
  ...shapesBesideOf(bareTableOf, events, versions),
  ...partShapesOf(bareTableOf('users'), partTableOf, { events, versions }),
}
