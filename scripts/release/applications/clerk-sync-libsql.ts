import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/libsql'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

const users = sqliteTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
const db = drizzle({ connection: { url: `file:${process.env.DATABASE_URL}` } })
export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
