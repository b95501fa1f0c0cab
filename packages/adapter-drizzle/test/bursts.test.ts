import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { MARIADB, POSTGRES } from '@clerk-sync/test-support/burst-servers'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import { onTestFinished } from 'vitest'
import { falliblePool } from './kit/mysql.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
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
    { ...POSTGRES, tables: (suite, whenDone) => postgresTables(suite, whenDone, versions) },
  )
}

testBursts(
  'drizzle_mariadb',
  ({ url }, shape, calls, max) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: max })
    onTestFinished(() => pool.end())
    const client = falliblePool(pool, calls)
    return drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes[shape])
  },
  MARIADB,
)
