import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely, MysqlDialect } from 'kysely'
import mysql from 'mysql2'
import type { Mode } from '../settings.ts'
import { type Store, type SyncOptions, statementsOf } from '../store.ts'
import { camelCase, type Database, type LibraryColumns, synced, unaltered, welcome } from './database.ts'

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: 10,
    connectTimeout: 10_000,
    // Dates are in UTC, whatever the zone of this machine.
    timezone: 'Z',
    typeCast: (field, next) => (field.type === 'TINY' && field.length === 1 ? booleanOf(field.string()) : next()),
  })
  const db = new Kysely<Database>({ dialect: new MysqlDialect({ pool }), plugins: [camelCase] })

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
