import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

const db = new Kysely<{ users: SyncColumns<number> & { id: string; email: string | null } }>({
  dialect: new SqliteDialect({ database: new Database(process.env.DATABASE_URL) }),
})
export const clerkSync = createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } }),
})
