import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { PostgresDialect } from 'kysely'
import { onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

testBursts('kysely', ({ url }, shape, calls, max) => {
  const pool = new FalliblePool(calls, { connectionString: url, max })
  onTestFinished(() => pool.end())
  return adapterOf(open(new PostgresDialect({ pool })), shape)
})
