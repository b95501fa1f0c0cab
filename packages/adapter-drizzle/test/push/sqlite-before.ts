import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** An application that does not sync yet. */
export const accounts = sqliteTable('accounts', { id: integer().primaryKey(), email: text() })
