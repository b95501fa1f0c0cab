import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { testPooledHooks } from '@clerk-sync/test-support/pooled-hooks'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

testPooledHooks([
  [
    'PostgreSQL',
    async () => {
      const { url, query } = await postgresTables('drizzle_concurrency', onTestFinished)
      return {
        sync(max, hook) {
          const pool = new pg.Pool({ connectionString: url, max })
          onTestFinished(() => pool.end())
          return createClerkSync({
            adapter: drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain),
            on: {
              'user.created': ({ event, tx }) =>
                hook(
                  async () => tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
                  async (text) => tx.execute(text),
                ),
            },
          })
        },
        countWelcomes: async () => (await query('select * from welcomes')).length,
      }
    },
  ],
  [
    'MySQL',
    async () => {
      const { url, query } = await mysqlTables('mysql', 'drizzle_concurrency', onTestFinished)
      return {
        sync(connectionLimit, hook) {
          const client = mysql.createPool({ uri: url, connectionLimit })
          onTestFinished(() => client.end())
          return createClerkSync({
            adapter: drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain),
            on: {
              'user.created': ({ event, tx }) =>
                hook(
                  async () => tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
                  async (text) => tx.execute(text),
                ),
            },
          })
        },
        countWelcomes: async () => (await query('select * from welcomes')).length,
      }
    },
  ],
])
