import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Store, SyncOptions } from '../store.ts'
import { camelCase, type Database, synced } from './database.ts'

export function open(url: string, options: SyncOptions): Store {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // A server that goes away takes connections with it: the idle ones say so here, those in use there. Without listeners
  // that would end this process.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))
  pool.on('connect', (client) => client.on('error', (error) => console.error(`A connection broke: ${error.message}`)))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase] })

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
    users: () => db.selectFrom('users').selectAll().execute(),
    organizations: () => db.selectFrom('organizations').selectAll().execute(),
    memberships: () => db.selectFrom('organizationMemberships').selectAll().execute(),
    welcomes: () => db.selectFrom('welcomes').select(['userId', 'eventId']).execute(),
    run: (statements) => pool.query(statements),
    close: () => pool.end(),
  }
}
