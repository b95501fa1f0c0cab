import { customType, datetime, index, mysqlTable, varchar } from 'drizzle-orm/mysql-core'

/** Clerk ids differ in case, and MySQL's default collations do not see it. */
const asciiBinary = customType<{ data: string; driverData: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 255}) character set ascii collate ascii_bin`,
})

/** A column for a Clerk id: `clerkId().primaryKey()`, or `clerkId('clerk_id').notNull().unique()` beside a key of your own. */
export function clerkId<Name extends string = ''>(name?: Name) {
  return asciiBinary(name ?? ('' as Name), { length: 255 })
}

/**
 * The columns that every synced table has, to spread into yours.
 *
 * ```sql
 * clerk_version varchar(34) character set ascii collate ascii_bin NOT NULL DEFAULT '0',
 * deleted_at datetime(3)
 * ```
 *
 * A version has 33 characters; the writes on PlanetScale mark one with another, in passing.
 */
export function syncColumns() {
  return {
    clerkVersion: asciiBinary('clerk_version', { length: 34 }).notNull().default('0'),
    deletedAt: datetime('deleted_at', { fsp: 3 }),
  }
}

/** The ledger: one row for each message whose hook ran. Export it from your schema, so that migrations create it. */
export function clerkEventsTable(name = 'clerk_events') {
  return mysqlTable(
    name,
    {
      id: asciiBinary('id', { length: 255 }).primaryKey(),
      type: varchar('type', { length: 255 }).notNull(),
      entityId: asciiBinary('entity_id', { length: 255 }),
      occurredAt: datetime('occurred_at', { fsp: 3 }).notNull(),
      processedAt: datetime('processed_at', { fsp: 3 }).notNull(),
    },
    (table) => [index(`${name}_processed_at_idx`).on(table.processedAt)],
  )
}
