import { testTroubles } from '@clerk-sync/test-support/database-troubles'
import { MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

testTroubles('kysely_troubles', {
  postgres: [
    [
      'Kysely on node-postgres',
      (connectionString) => {
        const db = open(new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }) }))
        onTestFinished(() => db.destroy())
        return adapterOf(db, 'withoutLedger')
      },
    ],
  ],
  mysql: [
    [
      'Kysely on mysql2',
      (uri) => {
        const db = open(new MysqlDialect({ pool: createPool({ uri, connectionLimit: 2 }) }))
        onTestFinished(() => db.destroy())
        return adapterOf(db, 'withoutLedger')
      },
    ],
  ],
})
