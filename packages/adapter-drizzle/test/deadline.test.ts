import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { createClerkSync } from '@clerk-sync/core'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { rowLock, TIMEOUT_MS, type TimedSync, testDeadline } from '@clerk-sync/test-support/deadline'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

/** What a hook does next, by the test's choice. */
function nextOfHook() {
  let next: () => Promise<unknown> = async () => {}
  return {
    onHook: (chosen: typeof next) => {
      next = chosen
    },
    next: () => next(),
  }
}

async function behindPostgres() {
  const { url: target, query } = await postgresTables('drizzle_deadline', onTestFinished)
  const proxy = await startFaultProxy({ target, protocol: 'postgres' })
  return {
    proxy,
    count: async (table: string) => (await query(`select 1 from ${table}`)).length,
    lockUser: rowLock(target, onTestFinished),
  }
}

testDeadline([
  [
    'node-postgres',
    async (): Promise<TimedSync> => {
      const { proxy, ...past } = await behindPostgres()
      const pool = new pg.Pool({ connectionString: proxy.url(), max: 1 })
      onTestFinished(async () => {
        await proxy.close()
        await pool.end()
      })
      const db = drizzleNodePostgres(pool, { casing: 'snake_case' })
      const { onHook, next } = nextOfHook()
      const clerkSync = createClerkSync({
        adapter: drizzleAdapter(db, pgSchema.shapes.plain),
        timeoutMs: TIMEOUT_MS,
        on: {
          'user.created': async ({ event, tx }) => {
            await tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id })
            await next()
          },
        },
      })
      return { ...past, proxy, clerkSync, onHook, outside: () => db.execute('select 1') }
    },
  ],
  [
    'postgres.js',
    async (): Promise<TimedSync> => {
      const { proxy, ...past } = await behindPostgres()
      const limits = connectionLimits({ silenceMs: 2 * TIMEOUT_MS })
      const client = postgres(proxy.url(), { max: 1, ...limits })
      onTestFinished(async () => {
        await proxy.close()
        await client.end({ timeout: 1 })
      })
      const db = drizzlePostgresJs(client, { casing: 'snake_case' })
      const { onHook, next } = nextOfHook()
      const clerkSync = createClerkSync({
        adapter: drizzleAdapter(db, pgSchema.shapes.plain),
        timeoutMs: TIMEOUT_MS,
        on: {
          'user.created': async ({ event, tx }) => {
            await tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id })
            await next()
          },
        },
      })
      return { ...past, proxy, clerkSync, onHook, outside: () => db.execute('select 1') }
    },
  ],
  [
    'mysql2',
    async (): Promise<TimedSync> => {
      const { url: target, query } = await mysqlTables('mysql', 'drizzle_deadline', onTestFinished)
      const proxy = await startFaultProxy({ target, protocol: 'mysql' })
      const client = mysql.createPool({ uri: proxy.url(), connectionLimit: 1 })
      onTestFinished(async () => {
        await proxy.close()
        await client.end()
      })
      const db = drizzleMysql({ client, casing: 'snake_case' })
      const { onHook, next } = nextOfHook()
      const clerkSync = createClerkSync({
        adapter: drizzleAdapter(db, mysqlSchema.shapes.plain),
        timeoutMs: TIMEOUT_MS,
        on: {
          'user.created': async ({ event, tx }) => {
            await tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id })
            await next()
          },
        },
      })
      return {
        proxy,
        clerkSync,
        onHook,
        outside: () => db.execute('select 1'),
        count: async (table) => (await query(`select 1 from ${table}`)).length,
        lockUser: rowLock(target, onTestFinished),
      }
    },
  ],
])

describe('A client that vanishes in a hook keeps its locks on PostgreSQL', () => {
  it.for([
    ['for 15 s, and no longer', '0', '15s'],
    ["for the application's own limit, where it has one", '3s', '3s'],
  ] as const)('%s', async ([, own, inHook]) => {
    const { url, query } = await postgresTables('drizzle_vanished', onTestFinished)
    const options = `-c idle_in_transaction_session_timeout=${own}`
    const pool = new pg.Pool({ connectionString: url, max: 1, options })
    onTestFinished(() => pool.end())
    const limitOn = async (on: Pick<typeof db, 'execute'>) =>
      (await on.execute("select current_setting('idle_in_transaction_session_timeout') as limit")).rows[0]?.limit
    const db = drizzleNodePostgres(pool, { casing: 'snake_case' })
    let limit: unknown
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, pgSchema.shapes.plain),
      on: {
        'user.created': async ({ tx }) => {
          limit = await limitOn(tx)
        },
      },
    })
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).toBe('created')
    expect(limit).toBe(inHook)
    expect(await limitOn(db)).toBe(own)
    expect(await query('select 1 from users')).toHaveLength(1)
  })
})
