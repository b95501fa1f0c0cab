import { pathToFileURL } from 'node:url'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { createClient } from '@libsql/client/sqlite3'
import { isNotNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/sqlite3'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import * as schema from './schema-sqlite.ts'

/** How long to wait for another process that writes to the same file. */
const BUSY_TIMEOUT_MS = 5_000

export function open(file: string, options: SyncOptions, mode: Mode): Store {
  const client = createClient({ url: pathToFileURL(file).href, timeout: BUSY_TIMEOUT_MS })
  const db = drizzle(client)
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
    run: (statements) => client.executeMultiple(statements),
    close: async () => client.close(),
  }
}
