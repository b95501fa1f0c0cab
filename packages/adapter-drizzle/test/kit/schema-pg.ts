import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import type { SyncedTableName } from '@clerk-sync/adapter-testkit'
import { shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'
import {
  boolean,
  integer,
  jsonb,
  type PgColumnBuilderBase,
  pgTable,
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

export const welcomes = pgTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What `drizzleAdapter` is given for each shape. */
export const shapes = shapesOf(tableOf, clerkEventsTable('events'))

/** The same with the versions beside. */
export const besideShapes = shapesBesideOf(bareTableOf, clerkEventsTable('events'), clerkVersionsTable('versions'))
