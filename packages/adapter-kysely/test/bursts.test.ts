import { MARIADB, POSTGRES } from '@clerk-sync/test-support/burst-servers'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import { onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'
import { falliblePool } from './kit/mysql.ts'

for (const versions of ['row', 'beside'] as const) {
  testBursts(
    versions === 'row' ? 'kysely' : 'kysely_beside',
    ({ url }, shape, calls, max) => {
      const pool = new FalliblePool(calls, { connectionString: url, max })
      onTestFinished(() => pool.end())
      return adapterOf(open(new PostgresDialect({ pool })), shape, { versions })
    },
    { ...POSTGRES, tables: (suite, whenDone) => postgresTables(suite, whenDone, versions) },
  )
}

testBursts(
  'kysely_mariadb',
  ({ url }, shape, calls, max) => {
    const pool = createPool({ uri: url, connectionLimit: max, timezone: 'Z' })
    onTestFinished(() => pool.promise().end())
    return adapterOf(open(new MysqlDialect({ pool: falliblePool(pool, calls) })), shape)
  },
  MARIADB,
)
