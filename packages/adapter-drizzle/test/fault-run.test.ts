// CLERK_SYNC_FAULTS=1000 makes the run a long one; npm run faults prints the figures of all drivers.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { type ClerkSync, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { type FaultedApplication, faultsOfRun, runFaults, startFaultProxy } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

async function behindPostgres(driver: string, open: (url: string) => ClerkSync): Promise<FaultedApplication> {
  const target = await freshDatabase('postgres', 'drizzle_faults')
  const raw = new pg.Pool({ connectionString: target, max: 1 })
  await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
  const proxy = await startFaultProxy({ target, protocol: 'postgres' })
  onTestFinished(async () => {
    await proxy.close()
    await raw.end()
  })
  const count = async (table: string) => Number((await raw.query(`select 1 from ${table}`)).rowCount)
  return { driver: `Drizzle, ${driver}`, proxy, count, deliver: deliverTo(open(proxy.url())) }
}

function deliverTo(clerkSync: ClerkSync): FaultedApplication['deliver'] {
  const events = new Map<number, ReturnType<typeof userEvent>>()
  return async (number, hooked) => {
    const event =
      events.get(number) ?? userEvent(hooked ? 'user.created' : 'user.updated', `user_${number}`, 1_760_000_000_000)
    events.set(number, event)
    return clerkSync.apply(event).catch((error: unknown) => {
      if (!ClerkSyncError.is(error)) throw error
      return `${error.status} ${error.code}`
    })
  }
}

const applications: Record<string, () => Promise<FaultedApplication>> = {
  'node-postgres': () =>
    behindPostgres('node-postgres', (connectionString) => {
      const pool = new pg.Pool({ connectionString, max: 2 })
      onTestFinished(() => pool.end())
      return createClerkSync({
        adapter: drizzleAdapter(drizzleNodePostgres(pool, { casing: 'snake_case' }), pgSchema.shapes.plain),
        on: {
          'user.created': ({ event, tx }) =>
            tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
        },
      })
    }),
  'postgres.js': () =>
    behindPostgres('postgres.js', (url) => {
      const client = postgres(url, { max: 2, fetch_types: false, connect_timeout: 2, onnotice: () => {} })
      onTestFinished(() => client.end({ timeout: 1 }))
      return createClerkSync({
        adapter: drizzleAdapter(drizzlePostgresJs(client, { casing: 'snake_case' }), pgSchema.shapes.plain),
        on: {
          'user.created': ({ event, tx }) =>
            tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
        },
      })
    }),
  mysql2: async () => {
    const target = await freshDatabase('mysql', 'drizzle_faults')
    const raw = mysql.createPool({ uri: target, connectionLimit: 1 })
    await sqlTables('mysql', async (text) => (await raw.query<RowDataPacket[]>(text))[0]).create()
    const proxy = await startFaultProxy({ target, protocol: 'mysql' })
    const client = mysql.createPool({ uri: proxy.url(), connectionLimit: 2 })
    onTestFinished(async () => {
      await client.end()
      await proxy.close()
      await raw.end()
    })
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain),
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
    const count = async (table: string) => (await raw.query<RowDataPacket[]>(`select 1 from ${table}`))[0].length
    return { driver: 'Drizzle, mysql2', proxy, count, deliver: deliverTo(clerkSync) }
  },
}

it.for(Object.keys(applications))(
  '%s: whatever the network does to a statement, nothing acknowledged is lost and nothing happens twice',
  { timeout: 60_000 + 2_000 * faultsOfRun() },
  async (driver) => {
    const application = await applications[driver]?.()
    if (!application) throw new Error(`There is no ${driver}.`)
    const figures = await runFaults(application)
    expect(figures).toMatchObject({ lost: 0, doubled: 0 })
    expect(figures.refused).toBeGreaterThan(0)
    expect(figures.atCommit).toBeGreaterThan(0)
  },
)
