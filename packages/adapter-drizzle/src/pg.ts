import { index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * A column for a Clerk id: `clerkId().primaryKey()`, or `clerkId('clerk_id').notNull().unique()` beside a key of your
 * own. Columns that refer to one (`user_id`) take the same: `clerkId('user_id').notNull()`.
 *
 * @example
 * ```ts
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
 * import { pgTable } from 'drizzle-orm/pg-core'
 *
 * export const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
 * export const posts = pgTable('posts', { authorId: clerkId('author_id').notNull() })
 * ```
 */
export function clerkId<Name extends string = ''>(name?: Name) {
  return text(name ?? ('' as Name))
}

/**
 * The columns that every synced table has, to spread into yours.
 *
 * ```sql
 * clerk_version text NOT NULL DEFAULT '0',
 * deleted_at timestamp(3) with time zone
 * ```
 *
 * @example
 * ```ts
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
 * import { pgTable, text } from 'drizzle-orm/pg-core'
 *
 * export const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
 * ```
 */
export function syncColumns() {
  return {
    clerkVersion: text('clerk_version').notNull().default('0'),
    deletedAt: timestamp('deleted_at', { withTimezone: true, precision: 3 }),
  }
}

/**
 * The ledger: one row for each message whose hook ran. Export it from your schema, so that migrations create it. `processed_at`
 * is known to one attempt alone, for which it goes back by up to a second: it may be before `occurred_at`.
 *
 * @example
 * ```ts
 * import { clerkEventsTable } from '@clerk-sync/adapter-drizzle/pg'
 *
 * export const events = clerkEventsTable()
 * ```
 */
export function clerkEventsTable(name = 'clerk_events') {
  return pgTable(
    name,
    {
      id: text('id').primaryKey(),
      type: text('type').notNull(),
      entityId: text('entity_id'),
      occurredAt: timestamp('occurred_at', { withTimezone: true, precision: 3 }).notNull(),
      processedAt: timestamp('processed_at', { withTimezone: true, precision: 3 }).notNull(),
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
 * import { clerkDeadLettersTable } from '@clerk-sync/adapter-drizzle/pg'
 *
 * export const deadLetters = clerkDeadLettersTable()
 * ```
 */
export function clerkDeadLettersTable(name = 'clerk_dead_letters') {
  return pgTable(
    name,
    {
      id: text('id').primaryKey(),
      type: text('type').notNull(),
      entityId: text('entity_id'),
      code: text('code').notNull(),
      payload: text('payload').notNull(),
      parkedAt: timestamp('parked_at', { withTimezone: true, precision: 3 }).notNull(),
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
 * import { clerkId, clerkVersionsTable } from '@clerk-sync/adapter-drizzle/pg'
 * import { pgTable, text } from 'drizzle-orm/pg-core'
 *
 * export const users = pgTable('users', { id: clerkId().primaryKey(), email: text() })
 * export const versions = clerkVersionsTable()
 * ```
 */
export function clerkVersionsTable(name = 'clerk_versions') {
  return pgTable(
    name,
    {
      tableName: text('table_name').notNull(),
      id: text('id').notNull(),
      version: text('version').notNull(),
      deletedAt: timestamp('deleted_at', { withTimezone: true, precision: 3 }),
    },
    (table) => [primaryKey({ columns: [table.tableName, table.id] })],
  )
}
