import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import type { PartTableName, SyncedTableName } from '@clerk-sync/adapter-testkit'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import {
  boolean,
  integer,
  jsonb,
  type PgColumnBuilderBase,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import { columnsOf } from './columns.ts'

const make = {
  key: () => clerkId(),
  text: () => text(),
  json: () => jsonb(),
  date: () => timestamp({ withTimezone: true, precision: 3 }),
  boolean: () => boolean(),
  integer: () => integer(),
  serial: () => serial(),
}

const tableOf = (name: SyncedTableName) => {
  const columns = columnsOf<PgColumnBuilderBase>(name, make)
  return pgTable(name, { ...columns, id: columns.id!, ...syncColumns() })
}

const bareTableOf = (name: SyncedTableName) => {
  const columns = columnsOf<PgColumnBuilderBase>(name, make)
  return pgTable(name, { ...columns, id: columns.id! })
}

const partTableOf = (name: PartTableName) => {
  const columns = columnsOf<PgColumnBuilderBase>(name, make)
  const all = { ...columns, userId: columns.userId!, id: columns.id! }
  return pgTable(name, all, (table) => [primaryKey({ columns: [table.userId, table.id] })])
}

export const welcomes = pgTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

const events = clerkEventsTable('events')
const versions = clerkVersionsTable('versions')

/** What `drizzleAdapter` is given for each shape. */
export const shapes = { ...shapesOf(tableOf, events), ...partShapesOf(tableOf('users'), partTableOf, { events }) }

/** The same with the versions beside. */
export const besideShapes = {
  ...shapesBesideOf(bareTableOf, events, versions),
  ...partShapesOf(bareTableOf('users'), partTableOf, { events, versions }),
}
