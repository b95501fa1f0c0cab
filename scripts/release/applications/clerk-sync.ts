// In every application that has Node's file system: one table, in a file.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

const users = sqliteTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
const db = drizzle({ client: new Database(process.env.DATABASE_URL) })
export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
