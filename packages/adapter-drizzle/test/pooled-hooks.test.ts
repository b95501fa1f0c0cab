import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { testPooledHooks } from '@clerk-sync/test-support/pooled-hooks'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { createConnection } from 'mysql2'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
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

it('a single connection of mysql2 takes no hooks: other deliveries would write into their transaction', async () => {
  const { url } = await mysqlTables('mysql', 'drizzle_single', onTestFinished)
  const { users, events } = mysqlSchema.shapes.plain
  for (const client of [createConnection(url), await mysql.createConnection(url)]) {
    onTestFinished(() => client.destroy())
    const db = drizzleMysql({ client, casing: 'snake_case' })
    expect(() => drizzleAdapter(db, { users, events })).toThrow(/Hooks and removals need a pool/)
    const event = userEvent('user.updated', client.constructor.name, 1_760_000_000_000)
    expect(await createClerkSync({ adapter: drizzleAdapter(db, { users }) }).apply(event)).toBe('created')
  }
})
