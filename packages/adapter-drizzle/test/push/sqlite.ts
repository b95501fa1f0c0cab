import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** A table that was there before, with rows: they have no Clerk id yet. */
export const accounts = sqliteTable('accounts', {
  id: integer().primaryKey(),
  email: text(),
  clerkId: clerkId('clerk_id'),
  ...syncColumns(),
})
export const users = sqliteTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
export const organizations = sqliteTable('organizations', {
  id: integer().primaryKey(),
  clerkId: clerkId('clerk_id').notNull().unique(),
  ...syncColumns(),
})
export const memberships = sqliteTable(
  'memberships',
  {
    id: clerkId().primaryKey(),
    userId: clerkId('user_id')
      .notNull()
      .references(() => users.id),
    organizationId: clerkId('organization_id').notNull(),
    ...syncColumns(),
  },
  (table) => [index('memberships_organization_id').on(table.organizationId)],
)
export const events = clerkEventsTable()
