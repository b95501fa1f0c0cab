import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { userEvent } from './kit/events.ts'
import { freshMysql } from './kit/mysql.ts'
import { freshDatabase } from './kit/postgres.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

interface Store {
  /** A sync with a pool of so many connections, whose `user.created` hook waits for what it is given. */
  sync(connections: number, hook: (write: () => Promise<unknown>) => Promise<void>): ReturnType<typeof createClerkSync>
}

const databases: readonly [string, () => Promise<Store>][] = [
  [
    'PostgreSQL',
    async () => {
      const connectionString = await freshDatabase('drizzle_concurrency')
      const client = new pg.Client(connectionString)
      await client.connect()
      await sqlTables('postgres', async (text) => (await client.query(text)).rows).create()
      await client.end()
      return {
        sync(max, hook) {
          const pool = new pg.Pool({ connectionString, max })
          onTestFinished(() => pool.end())
          const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
          return createClerkSync({
            adapter,
            on: {
              'user.created': ({ event, tx }) =>
                hook(async () => tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id })),
            },
          })
        },
      }
    },
  ],
  [
    'MySQL',
    async () => {
      const uri = await freshMysql('CLERK_SYNC_MYSQL_URL', 'drizzle_concurrency')
      const client = await mysql.createConnection(uri)
      await sqlTables('mysql', async (text) => (await client.query<RowDataPacket[]>(text))[0]).create()
      await client.end()
      return {
        sync(connectionLimit, hook) {
          const client = mysql.createPool({ uri, connectionLimit })
          onTestFinished(() => client.end())
          const adapter = drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain)
          return createClerkSync({
            adapter,
            on: {
              'user.created': ({ event, tx }) =>
                hook(async () => tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id })),
            },
          })
        },
      }
    },
  ],
]

describe.for(databases)('On %s', ([, open]) => {
  it('a pool of one connection does not lock itself up', async () => {
    const { sync } = await open()
    const clerkSync = sync(1, async () => {})
    const at = 1_760_000_000_000
    const events = Array.from({ length: 30 }, (_, n) =>
      userEvent(n % 2 ? 'user.created' : 'user.updated', `user_${n % 5}`, at + n),
    )
    const outcomes = await Promise.all([...events, ...events].map((event) => clerkSync.apply(event)))
    expect(outcomes).toHaveLength(60)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(15)
  })

  it('what a hook leaves running when it fails writes nothing afterwards', async () => {
    const { sync } = await open()
    const rolledBack = Promise.withResolvers<void>()
    let late: Promise<unknown> = Promise.resolve()
    const clerkSync = sync(2, async (write) => {
      late = rolledBack.promise.then(write)
      throw new Error('the other half failed')
    })
    const event = userEvent('user.created', 'user_late', 1_760_000_000_000)
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    rolledBack.resolve()
    await expect(late).rejects.toThrow()
  })

  it('a slow hook holds up its own user alone', async () => {
    const { sync } = await open()
    const hook = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const clerkSync = sync(4, () => {
      entered.resolve()
      return hook.promise
    })
    const at = 1_760_000_000_000
    const slow = clerkSync.apply(userEvent('user.created', 'user_slow', at))
    await entered.promise

    // None of these would come back if the open transaction held more than its own row.
    expect(await clerkSync.apply(userEvent('user.updated', 'user_other', at))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_other', at + 1))).toBe('updated')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_other', at + 2))).toBe('deleted')

    hook.resolve()
    expect(await slow).toBe('created')
  })
})
