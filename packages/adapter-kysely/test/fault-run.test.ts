import { createClerkSync } from '@clerk-sync/core'
import { type FaultedDriver, type FaultedOptions, testFaults } from '@clerk-sync/test-support/fault-run'
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

const mysql2: FaultedDriver = {
  name: 'Kysely, mysql2',
  server: 'mysql',
  tables: (url) => createdTables('mysql', rawMysql(url, onTestFinished)),
  open(uri, options) {
    const pool = createPool({ uri, connectionLimit: 2, timezone: 'Z' })
    onTestFinished(() => pool.promise().end())
    return syncOf(new MysqlDialect({ pool }), options)
  },
}

testFaults('kysely_faults', [
  {
    name: 'Kysely, node-postgres',
    server: 'postgres',
    tables: (url) => createdTables('postgres', rawPostgres(url, onTestFinished)),
    open(connectionString, options) {
      const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 5_000 })
      onTestFinished(() => pool.end())
      return syncOf(new PostgresDialect({ pool }), options)
    },
  },
  mysql2,
  { ...mysql2, name: 'Kysely, mysql2, MariaDB', server: 'mariadb' },
])
