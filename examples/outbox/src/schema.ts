import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })

export const events = clerkEventsTable()

/** E-mail that is to be sent. The address is not here: it is read from the user when the time has come. */
export const outbox = pgTable(
  'outbox',
  {
    /** The idempotency key: the same e-mail has the same key at every attempt. */
    key: text().primaryKey(),
    userId: clerkId('user_id').notNull(),
    template: text().notNull(),
    dueAt: timestamp('due_at', { withTimezone: true }).notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    sentAt: timestamp('sent_at', { withTimezone: true }),
  },
  (table) => [index('outbox_due_idx').on(table.dueAt).where(sql`sent_at is null`)],
)
