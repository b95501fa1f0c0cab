import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId as pgId, syncColumns as pgSyncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { pgTable, text as pgText } from 'drizzle-orm/pg-core'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { Pool } from 'pg'

const columns = { id: clerkId().primaryKey(), firstName: text('first_name'), ...syncColumns() }
const members = { organizationId: text('organization_id'), userId: text('user_id'), role: text() }
const pgColumns = { id: pgId().primaryKey(), firstName: pgText('first_name'), ...pgSyncColumns() }
const pgMembers = { organizationId: pgText('organization_id'), userId: pgText('user_id'), role: pgText() }

export const CREATE = ['reader_users', 'reader_members'].map((table) => {
  const own = table === 'reader_users' ? 'first_name text' : 'organization_id text, user_id text, role text'
  return (deletedAt: string) =>
    `create table ${table} (id text primary key, ${own}, clerk_version text not null default '0', deleted_at ${deletedAt})`
})

/** A library on a database: a file of SQLite, or a URL of PostgreSQL. */
export function readerOn(database: string, onDelete: 'erase' | 'keep'): ClerkSync {
  if (database.startsWith('postgres')) {
    const { firstName: _, ...synced } = pgColumns
    const adapter = drizzleAdapter(drizzlePg(new Pool({ connectionString: database })), {
      users: pgTable('reader_users', pgColumns),
      organizationMemberships: pgTable('reader_members', { ...synced, ...pgMembers }),
    })
    return createClerkSync({ adapter, onDelete, logger: false }) as ClerkSync
  }
  const { firstName: _, ...synced } = columns
  const sqlite = new Database(database)
  sqlite.pragma('journal_mode = wal')
  const adapter = drizzleAdapter(drizzleSqlite(sqlite), {
    users: sqliteTable('reader_users', columns),
    organizationMemberships: sqliteTable('reader_members', { ...synced, ...members }),
  })
  return createClerkSync({ adapter, onDelete, logger: false }) as ClerkSync
}
