import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { drizzle } from 'drizzle-orm/node-postgres'
import { onTestFinished } from 'vitest'
import * as schema from './kit/schema-pg.ts'

for (const [name, shapes, versions, options] of [
  ['drizzle', schema.shapes, 'row', { prepare: false }],
  ['drizzle_prepared', schema.shapes, 'row', { prepare: true }],
  ['drizzle_beside', schema.besideShapes, 'beside', {}],
] as const) {
  testBursts(
    name,
    ({ url }, shape, calls, max) => {
      const pool = new FalliblePool(calls, { connectionString: url, max })
      onTestFinished(() => pool.end())
      return drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), shapes[shape], options)
    },
    (suite, whenDone) => postgresTables(suite, whenDone, versions),
  )
}
