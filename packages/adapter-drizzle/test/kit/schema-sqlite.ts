import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import type { SyncedTableName } from '@clerk-sync/adapter-testkit'
import { shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import { integer, type SQLiteColumnBuilderBase, sqliteTable, text } from 'drizzle-orm/sqlite-core'
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

export const welcomes = sqliteTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What `drizzleAdapter` is given for each shape. */
export const shapes = shapesOf(tableOf, clerkEventsTable('events'))

/** The same with the versions beside. */
export const besideShapes = shapesBesideOf(bareTableOf, clerkEventsTable('events'), clerkVersionsTable('versions'))
