import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import { camelCase, type Database, type LibraryColumns, synced, unaltered, welcome } from './database.ts'

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // A server that goes away takes connections with it: the idle ones say so here, those in use there. Without listeners
  // that would end this process.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))
  pool.on('connect', (client) => client.on('error', (error) => console.error(`A connection broke: ${error.message}`)))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase] })

  const on = { 'user.created': welcome }
  const clerkSync =
    mode === 'beside'
      ? createClerkSync({ ...options, adapter: kyselyAdapter(db, unaltered), on })
      : createClerkSync({ ...options, adapter: kyselyAdapter(db.$extendTables<LibraryColumns>(), synced), on })

  return {
    clerkSync,
    users: () => db.selectFrom('users').selectAll().execute(),
    organizations: () => db.selectFrom('organizations').selectAll().execute(),
    memberships: () => db.selectFrom('organizationMemberships').selectAll().execute(),
    ...(mode === 'beside' && {
      tombstones: () =>
        db.selectFrom('clerkVersions').select(['id', 'deletedAt']).where('deletedAt', 'is not', null).execute(),
    }),
    welcomes: () => db.selectFrom('welcomes').select(['userId', 'eventId']).execute(),
    run: (statements) => pool.query(statements),
    close: () => pool.end(),
  }
}
