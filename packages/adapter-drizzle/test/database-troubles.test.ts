import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { testTroubles } from '@clerk-sync/test-support/database-troubles'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

const casing = 'snake_case'

testTroubles('drizzle_troubles', {
  postgres: [
    [
      'Drizzle on node-postgres',
      (connectionString) => {
        const pool = new pg.Pool({ connectionString, max: 2 })
        onTestFinished(() => pool.end())
        return drizzleAdapter(drizzleNodePostgres(pool, { casing }), pgSchema.shapes.withoutLedger)
      },
    ],
    [
      'Drizzle on postgres.js',
      (url) => {
        const client = postgres(url, { max: 2, onnotice: () => {} })
        onTestFinished(() => client.end({ timeout: 1 }))
        return drizzleAdapter(drizzlePostgresJs(client, { casing }), pgSchema.shapes.withoutLedger)
      },
    ],
  ],
  mysql: [
    [
      'Drizzle on mysql2',
      (uri) => {
        const client = mysql.createPool({ uri, connectionLimit: 2 })
        onTestFinished(() => client.end())
        return drizzleAdapter(drizzleMysql({ client, casing }), mysqlSchema.shapes.withoutLedger)
      },
    ],
  ],
})
