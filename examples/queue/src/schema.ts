import { clerkDeadLettersTable, clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { pgTable, text } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })

export const events = clerkEventsTable()

export const deadLetters = clerkDeadLettersTable()

export const workspaces = pgTable('workspaces', { ownerId: text('owner_id').notNull(), name: text().notNull() })
