// schema.ts
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { pgTable, serial, text } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: serial().primaryKey(),
  clerkId: clerkId('clerk_id').notNull().unique(),
  email: text().notNull(),
  displayName: text(),
  ...syncColumns(),
})

/** Yours: only your hook writes it. */
export const workspaces = pgTable('workspaces', { ownerId: clerkId('owner_id').primaryKey(), name: text().notNull() })

/** Only for hooks. */
export const events = clerkEventsTable()
