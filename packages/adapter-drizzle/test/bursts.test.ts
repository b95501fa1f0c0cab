import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { drizzle } from 'drizzle-orm/node-postgres'
import { onTestFinished } from 'vitest'
import * as schema from './kit/schema-pg.ts'

for (const prepare of [false, true]) {
  testBursts(`drizzle${prepare ? '_prepared' : ''}`, ({ url }, shape, calls, max) => {
    const pool = new FalliblePool(calls, { connectionString: url, max })
    onTestFinished(() => pool.end())
    return drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), schema.shapes[shape], { prepare })
  })
}
