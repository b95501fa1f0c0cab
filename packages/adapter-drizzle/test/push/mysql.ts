import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { index, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'

/** A table that was there before, with rows: they have no Clerk id yet. */
export const accounts = mysqlTable('accounts', {
  id: int().autoincrement().primaryKey(),
  email: varchar({ length: 255 }),
  clerkId: clerkId('clerk_id'),
  ...syncColumns(),
})
export const users = mysqlTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
export const organizations = mysqlTable('organizations', {
  id: int().autoincrement().primaryKey(),
  clerkId: clerkId('clerk_id').notNull().unique(),
  ...syncColumns(),
})
export const memberships = mysqlTable(
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
