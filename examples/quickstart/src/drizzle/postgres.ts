import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { isNotNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import * as schema from './schema-postgres.ts'

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // A server that goes away takes idle connections with it; without a listener that would end this process.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))
  const db = drizzle(pool)
  const { synced, unaltered, events, welcomes } = schema
  const tables = mode === 'beside' ? unaltered : synced
  const { users, organizations, organizationMemberships } = tables

  const clerkSync = createClerkSync({
    ...options,
    adapter: drizzleAdapter(db, { ...tables, events }),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
      },
    },
  })

  return {
    clerkSync,
    users: () => db.select().from(users),
    organizations: () => db.select().from(organizations),
    memberships: () => db.select().from(organizationMemberships),
    ...(mode === 'beside' && {
      tombstones: () => {
        const { id, deletedAt } = unaltered.versions
        return db.select({ id, deletedAt }).from(unaltered.versions).where(isNotNull(deletedAt))
      },
    }),
    welcomes: () => db.select({ userId: welcomes.userId, eventId: welcomes.eventId }).from(welcomes),
    run: (statements) => pool.query(statements),
    close: () => pool.end(),
  }
}
