import { datetime, index, mysqlTable, varchar } from 'drizzle-orm/mysql-core'

/**
 * A column for a Clerk id: `clerkId().primaryKey()`, or `clerkId('clerk_id').notNull().unique()` beside a key of your
 * own. Columns that refer to one (`user_id`) take the same: `clerkId('user_id').notNull()`.
 *
 * `varchar(255)` in the table's own collation. A type with a collation in it is not what MySQL's catalog gives back:
 * `drizzle-kit push` takes it for a change of type, and empties the table.
 */
export function clerkId<Name extends string = ''>(name?: Name) {
  return varchar(name ?? ('' as Name), { length: 255 })
}

/**
 * The columns that every synced table has, to spread into yours.
 *
 * ```sql
 * clerk_version varchar(34) NOT NULL DEFAULT '0',
 * deleted_at datetime(3)
 * ```
 *
 * A version has 33 characters. The column has one more, as tables have it already: drizzle-kit would alter them all.
 */
export function syncColumns() {
  return {
    clerkVersion: varchar('clerk_version', { length: 34 }).notNull().default('0'),
    deletedAt: datetime('deleted_at', { fsp: 3 }),
  }
}

/** The ledger: one row for each message whose hook ran. Export it from your schema, so that migrations create it. */
export function clerkEventsTable(name = 'clerk_events') {
  return mysqlTable(
    name,
    {
      id: varchar('id', { length: 255 }).primaryKey(),
      type: varchar('type', { length: 255 }).notNull(),
      entityId: varchar('entity_id', { length: 255 }),
      occurredAt: datetime('occurred_at', { fsp: 3 }).notNull(),
      processedAt: datetime('processed_at', { fsp: 3 }).notNull(),
    },
    (table) => [index(`${name}_processed_at_idx`).on(table.processedAt)],
  )
}
