import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import * as schema from './schema-postgres.ts'
import type { Store, SyncOptions } from './store.ts'

export async function openPostgres(url: string, createTables: string, options: SyncOptions): Promise<Store> {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // A server that goes away takes idle connections with it; without a listener that would end this process.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))
  const db = drizzle(pool)
  const { users, organizations, organizationMemberships, events, welcomes } = schema

  const clerkSync = createClerkSync({
    ...options,
    adapter: drizzleAdapter(db, { users, organizations, organizationMemberships, events }),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
      },
    },
  })

  const store: Store = {
    clerkSync,
    users: () => db.select().from(users),
    organizations: () => db.select().from(organizations),
    memberships: () => db.select().from(organizationMemberships),
    welcomes: () => db.select({ userId: welcomes.userId, eventId: welcomes.eventId }).from(welcomes),
    close: () => pool.end(),
  }
  try {
    await pool.query(createTables)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}
