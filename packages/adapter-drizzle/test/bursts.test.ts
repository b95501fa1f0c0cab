import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { MARIADB } from '@clerk-sync/test-support/burst-servers'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import { onTestFinished } from 'vitest'
import { falliblePool } from './kit/mysql.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as schema from './kit/schema-pg.ts'

for (const prepare of [false, true]) {
  testBursts(`drizzle${prepare ? '_prepared' : ''}`, ({ url }, shape, calls, max) => {
    const pool = new FalliblePool(calls, { connectionString: url, max })
    onTestFinished(() => pool.end())
    return drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), schema.shapes[shape], { prepare })
  })
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
