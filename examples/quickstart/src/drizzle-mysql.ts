import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import * as schema from './schema-mysql.ts'
import type { Store, SyncOptions } from './store.ts'

export async function openMysql(url: string, createTables: string, options: SyncOptions): Promise<Store> {
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

  const store: Store = {
    clerkSync,
    users: () => db.select().from(users),
    organizations: () => db.select().from(organizations),
    memberships: () => db.select().from(organizationMemberships),
    welcomes: () => db.select({ userId: welcomes.userId, eventId: welcomes.eventId }).from(welcomes),
    close: () => pool.end(),
  }
  try {
    for (const statement of createTables.split(/;\s*$/m).filter((part) => part.trim())) await pool.query(statement)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}
