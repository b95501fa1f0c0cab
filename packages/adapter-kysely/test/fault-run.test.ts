// CLERK_SYNC_FAULTS=1000 makes the run a long one; npm run faults prints the figures of all drivers.
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { type FaultedApplication, faultsOfRun, runFaults, startFaultProxy } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { type Dialect, MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

function deliverTo(dialect: Dialect): FaultedApplication['deliver'] {
  const clerkSync = createClerkSync({
    adapter: adapterOf(open(dialect), 'plain'),
    on: { 'user.created': ({ event, tx }) => hooks.effect(tx, { userId: event.data.id, eventId: event.id }) },
  })
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
  'node-postgres': async () => {
    const target = await freshDatabase('postgres', 'kysely_faults')
    const raw = new pg.Pool({ connectionString: target, max: 1 })
    await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
    const proxy = await startFaultProxy({ target, protocol: 'postgres' })
    const pool = new pg.Pool({ connectionString: proxy.url(), max: 2 })
    // As the README says: a connection that breaks reports it where it is, in the pool or in use.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    onTestFinished(async () => {
      await pool.end()
      await proxy.close()
      await raw.end()
    })
    const count = async (table: string) => Number((await raw.query(`select 1 from ${table}`)).rowCount)
    return { driver: 'Kysely, node-postgres', proxy, count, deliver: deliverTo(new PostgresDialect({ pool })) }
  },
  mysql2: async () => {
    const target = await freshDatabase('mysql', 'kysely_faults')
    const raw = mysql.createPool({ uri: target, connectionLimit: 1 })
    await sqlTables('mysql', async (text) => (await raw.query<RowDataPacket[]>(text))[0]).create()
    const proxy = await startFaultProxy({ target, protocol: 'mysql' })
    const pool = createPool({ uri: proxy.url(), connectionLimit: 2, timezone: 'Z' })
    onTestFinished(async () => {
      await pool.promise().end()
      await proxy.close()
      await raw.end()
    })
    const count = async (table: string) => (await raw.query<RowDataPacket[]>(`select 1 from ${table}`))[0].length
    return { driver: 'Kysely, mysql2', proxy, count, deliver: deliverTo(new MysqlDialect({ pool })) }
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
