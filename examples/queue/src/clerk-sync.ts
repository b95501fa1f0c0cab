import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { deadLetters, events, users, workspaces } from './schema.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 })
// Without a listener, an idle connection that breaks would end the process.
pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))

export const clerkSync = createClerkSync({
  adapter: drizzleAdapter(drizzle(pool), { users, events, deadLetters }),
  on: {
    'user.created': async ({ event, outcome, tx }) => {
      // Events come in any order: the user may be gone by now.
      if (outcome === 'already_deleted') return
      await tx.insert(workspaces).values({ ownerId: event.data.id, name: 'My workspace' })
    },
  },
})
