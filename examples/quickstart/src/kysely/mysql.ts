import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely, MysqlDialect } from 'kysely'
import mysql from 'mysql2'
import { type Store, type SyncOptions, statementsOf } from '../store.ts'
import { camelCase, type Database, synced } from './database.ts'

export function open(url: string, options: SyncOptions): Store {
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: 10,
    connectTimeout: 10_000,
    // Dates are in UTC, whatever the zone of this machine.
    timezone: 'Z',
    typeCast: (field, next) => (field.type === 'TINY' && field.length === 1 ? booleanOf(field.string()) : next()),
  })
  const db = new Kysely<Database>({ dialect: new MysqlDialect({ pool }), plugins: [camelCase] })

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
    async run(statements) {
      for (const statement of statementsOf(statements)) await pool.promise().query(statement)
    },
    close: () => pool.promise().end(),
  }
}

/** MySQL's boolean is a number of one digit. */
function booleanOf(digit: string | null): boolean | null {
  return digit === null ? null : digit !== '0'
}
