import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import { camelCase, type SqliteDatabase, type SqliteLibraryColumns, synced, unaltered, welcome } from './database.ts'

/**
 * How long to wait for another process that writes to the same file. This driver stops the whole process meanwhile, so
 * it is short: after it the adapter tries again, and others are served in between.
 */
const BUSY_TIMEOUT_MS = 50

export function open(file: string, options: SyncOptions, mode: Mode): Store {
  const connection = new Connection(file, { timeout: BUSY_TIMEOUT_MS })
  const db = new Kysely<SqliteDatabase>({
    dialect: new SqliteDialect({ database: connection }),
    plugins: [camelCase],
  })

  const on = { 'user.created': welcome }
  const clerkSync =
    mode === 'beside'
      ? createClerkSync({ ...options, adapter: kyselyAdapter(db, unaltered), on })
      : createClerkSync({ ...options, adapter: kyselyAdapter(db.$extendTables<SqliteLibraryColumns>(), synced), on })

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
        ...tombstoneOf(user),
      })),
    organizations: async () =>
      (await db.selectFrom('organizations').selectAll().execute()).map((organization) => ({
        ...organization,
        publicMetadata: jsonOf(organization.publicMetadata),
        ...tombstoneOf(organization),
      })),
    memberships: async () =>
      (await db.selectFrom('organizationMemberships').selectAll().execute()).map((membership) => ({
        ...membership,
        permissions: jsonOf(membership.permissions),
        ...tombstoneOf(membership),
      })),
    ...(mode === 'beside' && {
      tombstones: async () => {
        const removed = db.selectFrom('clerkVersions').select(['id', 'deletedAt']).where('deletedAt', 'is not', null)
        return (await removed.execute()).map(({ id, deletedAt }) => ({ id, deletedAt: dateOf(deletedAt) }))
      },
    }),
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

/** With MODE=beside a row has none: what is there is live. */
function tombstoneOf(row: object): { deletedAt?: Date | null } {
  return 'deletedAt' in row ? { deletedAt: dateOf(row.deletedAt as number | null) } : {}
}
