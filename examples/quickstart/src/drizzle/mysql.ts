import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { type Store, type SyncOptions, statementsOf } from '../store.ts'
import * as schema from './schema-mysql.ts'

export function open(url: string, options: SyncOptions): Store {
  const pool = mysql.createPool({ uri: url, connectionLimit: 10, connectTimeout: 10_000 })
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

  return {
    clerkSync,
    users: () => db.select().from(users),
    organizations: () => db.select().from(organizations),
    memberships: () => db.select().from(organizationMemberships),
    welcomes: () => db.select({ userId: welcomes.userId, eventId: welcomes.eventId }).from(welcomes),
    async run(statements) {
      for (const statement of statementsOf(statements)) await pool.query(statement)
    },
    close: () => pool.end(),
  }
}
