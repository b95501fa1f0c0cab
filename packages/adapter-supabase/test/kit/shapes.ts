import { fillableColumns, type PartTableName, type SyncedTableName, TABLES } from '@clerk-sync/adapter-testkit'
import { snakeCase } from '@clerk-sync/core/adapter'
import { partShapesOf, shapesBesideOf, shapesOf } from '@clerk-sync/test-support/shapes'

const tableOf = (table: SyncedTableName) => ({
  table,
  columns: Object.keys(fillableColumns(table)).map(snakeCase),
  key: snakeCase(TABLES[table].key),
})

const partTableOf = (table: PartTableName) => ({
  table,
  columns: Object.keys(fillableColumns(table)).map(snakeCase),
})

/** What `supabaseAdapter` is given for each shape of the kit. */
export const shapes = shapesOf(tableOf, 'events')
/** The same for tables whose versions are beside them. */
export const besideShapes = shapesBesideOf(tableOf, 'events', 'versions')

/** The same with tables of parts. */
export const partShapes = partShapesOf(tableOf('users'), partTableOf, { events: 'events' })
export const besidePartShapes = partShapesOf(tableOf('users'), partTableOf, { events: 'events', versions: 'versions' })
