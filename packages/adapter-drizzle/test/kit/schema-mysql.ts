import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import type { SyncedTableName } from '@clerk-sync/adapter-testkit'
import { shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import {
  bigint,
  boolean,
  datetime,
  int,
  json,
  type MySqlColumnBuilderBase,
  mysqlTable,
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

export const welcomes = mysqlTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What `drizzleAdapter` is given for each shape. */
export const shapes = shapesOf(tableOf, clerkEventsTable('events'))

/** The same with the versions beside. */
export const besideShapes = shapesBesideOf(bareTableOf, clerkEventsTable('events'), clerkVersionsTable('versions'))
