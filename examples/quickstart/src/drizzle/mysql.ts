import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { isNotNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import type { Mode } from '../settings.ts'
import { type Store, type SyncOptions, statementsOf } from '../store.ts'
import * as schema from './schema-mysql.ts'

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const pool = mysql.createPool({ uri: url, connectionLimit: 10, connectTimeout: 10_000 })
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
    async run(statements) {
      for (const statement of statementsOf(statements)) await pool.query(statement)
    },
    close: () => pool.end(),
  }
}
