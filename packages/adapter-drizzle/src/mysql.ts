import { datetime, index, mediumtext, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core'

/**
 * A column for a Clerk id: `clerkId().primaryKey()`, or `clerkId('clerk_id').notNull().unique()` beside a key of your
 * own. Columns that refer to one (`user_id`) take the same: `clerkId('user_id').notNull()`.
 *
 * `varchar(255)` in the table's own collation. A type with a collation in it is not what MySQL's catalog gives back:
 * `drizzle-kit push` takes it for a change of type, and empties the table.
 *
 * @example
 * ```ts
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
 * import { mysqlTable } from 'drizzle-orm/mysql-core'
 *
 * export const users = mysqlTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
 * export const posts = mysqlTable('posts', { authorId: clerkId('author_id').notNull() })
 * ```
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
 *
 * @example
 * ```ts
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
 * import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
 *
 * export const users = mysqlTable('users', { id: clerkId().primaryKey(), email: varchar({ length: 320 }), ...syncColumns() })
 * ```
 */
export function syncColumns() {
  return {
    clerkVersion: varchar('clerk_version', { length: 34 }).notNull().default('0'),
    deletedAt: datetime('deleted_at', { fsp: 3 }),
  }
}

/**
 * The ledger: one row for each message whose hook ran. Export it from your schema, so that migrations create it. `processed_at`
 * is known to one attempt alone, for which it goes back by up to a second: it may be before `occurred_at`.
 *
 * @example
 * ```ts
 * import { clerkEventsTable } from '@clerk-sync/adapter-drizzle/mysql'
 *
 * export const events = clerkEventsTable()
 * ```
 */
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

/**
 * Dead letters: events that the tables refused until the last attempts. They are kept whole, and so hold users' data: see
 * https://clerk-sync.github.io/clerk-sync/dead-letters for who may read them. Export it from your schema, so that
 * migrations create it.
 *
 * @example
 * ```ts
 * import { clerkDeadLettersTable } from '@clerk-sync/adapter-drizzle/mysql'
 *
 * export const deadLetters = clerkDeadLettersTable()
 * ```
 */
export function clerkDeadLettersTable(name = 'clerk_dead_letters') {
  return mysqlTable(
    name,
    {
      id: varchar('id', { length: 255 }).primaryKey(),
      type: varchar('type', { length: 255 }).notNull(),
      entityId: varchar('entity_id', { length: 255 }),
      code: varchar('code', { length: 255 }).notNull(),
      payload: mediumtext('payload').notNull(),
      parkedAt: datetime('parked_at', { fsp: 3 }).notNull(),
    },
    (table) => [index(`${name}_entity_id_idx`).on(table.entityId)],
  )
}

/**
 * The versions of the tables that have no sync columns, and the tombstones of what was removed from them. Export it from
 * your schema, so that migrations create it, and give it to the adapter as `versions`.
 *
 * @example
 * ```ts
 * import { clerkId, clerkVersionsTable } from '@clerk-sync/adapter-drizzle/mysql'
 * import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
 *
 * export const users = mysqlTable('users', { id: clerkId().primaryKey(), email: varchar({ length: 320 }) })
 * export const versions = clerkVersionsTable()
 * ```
 */
export function clerkVersionsTable(name = 'clerk_versions') {
  return mysqlTable(
    name,
    {
      // The names of a schema and of a table have 64 characters each.
      tableName: varchar('table_name', { length: 129 }).notNull(),
      id: varchar('id', { length: 255 }).notNull(),
      version: varchar('version', { length: 34 }).notNull(),
      deletedAt: datetime('deleted_at', { fsp: 3 }),
    },
    (table) => [primaryKey({ columns: [table.tableName, table.id] })],
  )
}
