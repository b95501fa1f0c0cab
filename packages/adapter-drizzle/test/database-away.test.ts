import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { testDatabaseAway } from '@clerk-sync/test-support/database-away'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { relayTo } from '@clerk-sync/test-support/relay'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

testDatabaseAway([
  [
    'PostgreSQL',
    async () => {
      const { url, query } = await postgresTables('drizzle_away', onTestFinished)
      const relay = await relayTo(url)
      onTestFinished(relay.close)
      const pool = new pg.Pool({ connectionString: relay.url, max: 3 })
      // As the manual of node-postgres says: an idle connection that breaks is reported here.
      pool.on('error', () => {})
      onTestFinished(() => pool.end())
      const clerkSync = createClerkSync({
        adapter: drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain),
        on: {
          'user.created': ({ event, tx }) =>
            tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
        },
      })
      return { relay, clerkSync, count: async (table) => (await query(`select 1 from ${table}`)).length }
    },
  ],
  [
    'MySQL',
    async () => {
      const { url, query } = await mysqlTables('mysql', 'drizzle_away', onTestFinished)
      const relay = await relayTo(url)
      onTestFinished(relay.close)
      const client = mysql.createPool({ uri: relay.url, connectionLimit: 3 })
      onTestFinished(() => client.end())
      const clerkSync = createClerkSync({
        adapter: drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain),
        on: {
          'user.created': ({ event, tx }) =>
            tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
        },
      })
      return { relay, clerkSync, count: async (table) => (await query(`select 1 from ${table}`)).length }
    },
  ],
])
