import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { index, pgTable, serial, text } from 'drizzle-orm/pg-core'

/** A table that was there before, with rows: they have no Clerk id yet. */
export const accounts = pgTable('accounts', {
  id: serial().primaryKey(),
  email: text(),
  clerkId: clerkId('clerk_id'),
  ...syncColumns(),
})
export const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
export const organizations = pgTable('organizations', {
  id: serial().primaryKey(),
  clerkId: clerkId('clerk_id').notNull().unique(),
  ...syncColumns(),
})
export const memberships = pgTable(
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
