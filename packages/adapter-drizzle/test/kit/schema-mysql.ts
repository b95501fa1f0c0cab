import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import type { PartTableName, SyncedTableName } from '@clerk-sync/adapter-testkit'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import {
  bigint,
  boolean,
  datetime,
  int,
  json,
  type MySqlColumnBuilderBase,
  mysqlTable,
  primaryKey,
  varchar,
} from 'drizzle-orm/mysql-core'
import { columnsOf } from './columns.ts'

const text = () => varchar({ length: 255 })
const make = {
  key: () => clerkId(),
  text,
  json: () => json(),
  date: () => datetime({ fsp: 3 }),
  boolean: () => boolean(),
  integer: () => int(),
  serial: () => bigint({ mode: 'number' }).autoincrement(),
}

const tableOf = (name: SyncedTableName) => {
  const columns = columnsOf<MySqlColumnBuilderBase>(name, make)
  return mysqlTable(name, { ...columns, id: columns.id!, ...syncColumns() })
}

const bareTableOf = (name: SyncedTableName) => {
  const columns = columnsOf<MySqlColumnBuilderBase>(name, make)
  return mysqlTable(name, { ...columns, id: columns.id! })
}

const partTableOf = (name: PartTableName) => {
  const columns = columnsOf<MySqlColumnBuilderBase>(name, make)
  const all = { ...columns, userId: columns.userId!, id: columns.id! }
  return mysqlTable(name, all, (table) => [primaryKey({ columns: [table.userId, table.id] })])
}

export const welcomes = mysqlTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

const events = clerkEventsTable('events')
const versions = clerkVersionsTable('versions')

/** What `drizzleAdapter` is given for each shape. */
export const shapes = { ...shapesOf(tableOf, events), ...partShapesOf(tableOf('users'), partTableOf, { events }) }

/** The same with the versions beside. */
export const besideShapes = {
  ...shapesBesideOf(bareTableOf, events, versions),
  ...partShapesOf(bareTableOf('users'), partTableOf, { events, versions }),
}
