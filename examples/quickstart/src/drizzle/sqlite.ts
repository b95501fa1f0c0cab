import { pathToFileURL } from 'node:url'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { createClient } from '@libsql/client/sqlite3'
import { drizzle } from 'drizzle-orm/libsql/sqlite3'
import type { Store, SyncOptions } from '../store.ts'
import * as schema from './schema-sqlite.ts'

/** How long to wait for another process that writes to the same file. */
const BUSY_TIMEOUT_MS = 5_000

export function open(file: string, options: SyncOptions): Store {
  const client = createClient({ url: pathToFileURL(file).href, timeout: BUSY_TIMEOUT_MS })
  const db = drizzle(client)
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
    run: (statements) => client.executeMultiple(statements),
    close: async () => client.close(),
  }
}
