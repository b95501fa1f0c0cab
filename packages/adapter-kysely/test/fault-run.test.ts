import { createClerkSync } from '@clerk-sync/core'
import { type FaultedOptions, testFaults } from '@clerk-sync/test-support/fault-run'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { type Dialect, MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const syncOf = (dialect: Dialect, { sync }: FaultedOptions) =>
  createClerkSync({
    adapter: adapterOf(open(dialect), 'plain'),
    ...sync,
    on: { 'user.created': ({ event, tx }) => hooks.effect(tx, { userId: event.data.id, eventId: event.id }) },
  })

testFaults('kysely_faults', [
  {
    name: 'Kysely, node-postgres',
    protocol: 'postgres',
    tables: (url) => createdTables('postgres', rawPostgres(url, onTestFinished)),
    open(connectionString, options) {
      const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 5_000 })
      // As the README says: a connection that breaks reports it where it is, in the pool or in use.
      pool.on('error', () => {})
      pool.on('connect', (client) => client.on('error', () => {}))
      onTestFinished(() => pool.end())
      return syncOf(new PostgresDialect({ pool }), options)
    },
  },
  {
    name: 'Kysely, mysql2',
    protocol: 'mysql',
    tables: (url) => createdTables('mysql', rawMysql(url, onTestFinished)),
    open(uri, options) {
      const pool = createPool({ uri, connectionLimit: 2, timezone: 'Z' })
      onTestFinished(() => pool.promise().end())
      return syncOf(new MysqlDialect({ pool }), options)
    },
  },
])
