import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { PostgresDialect } from 'kysely'
import { onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

for (const versions of ['row', 'beside'] as const) {
  testBursts(
    versions === 'row' ? 'kysely' : 'kysely_beside',
    ({ url }, shape, calls, max) => {
      const pool = new FalliblePool(calls, { connectionString: url, max })
      onTestFinished(() => pool.end())
      return adapterOf(open(new PostgresDialect({ pool })), shape, { versions })
    },
    (suite, whenDone) => postgresTables(suite, whenDone, versions),
  )
}
