import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { Store, SyncOptions } from '../store.ts'
import { camelCase, type SqliteDatabase, synced } from './database.ts'

/**
 * How long to wait for another process that writes to the same file. This driver stops the whole process meanwhile, so
 * it is short: after it the adapter tries again, and others are served in between.
 */
const BUSY_TIMEOUT_MS = 50

export function open(file: string, options: SyncOptions): Store {
  const connection = new Connection(file, { timeout: BUSY_TIMEOUT_MS })
  const db = new Kysely<SqliteDatabase>({
    dialect: new SqliteDialect({ database: connection }),
    plugins: [camelCase],
  })

  const clerkSync = createClerkSync({
    ...options,
    adapter: kyselyAdapter(db, synced),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.insertInto('welcomes').values({ userId: event.data.id, eventId: event.id }).execute()
      },
    },
  })

  return {
    clerkSync,
    users: async () =>
      (await db.selectFrom('users').selectAll().execute()).map((user) => ({
        ...user,
        emailVerified: user.emailVerified !== 0,
        publicMetadata: jsonOf(user.publicMetadata),
        banned: user.banned !== 0,
        locked: user.locked !== 0,
        lastSignInAt: dateOf(user.lastSignInAt),
        deletedAt: dateOf(user.deletedAt),
      })),
    organizations: async () =>
      (await db.selectFrom('organizations').selectAll().execute()).map((organization) => ({
        ...organization,
        publicMetadata: jsonOf(organization.publicMetadata),
        deletedAt: dateOf(organization.deletedAt),
      })),
    memberships: async () =>
      (await db.selectFrom('organizationMemberships').selectAll().execute()).map((membership) => ({
        ...membership,
        permissions: jsonOf(membership.permissions),
        deletedAt: dateOf(membership.deletedAt),
      })),
    welcomes: () => db.selectFrom('welcomes').select(['userId', 'eventId']).execute(),
    run: async (statements) => connection.exec(statements),
    close: async () => {
      connection.close()
    },
  }
}

function jsonOf(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
