import { pgTable, serial, text } from 'drizzle-orm/pg-core'

/** An application that does not sync yet. */
export const accounts = pgTable('accounts', { id: serial().primaryKey(), email: text() })
