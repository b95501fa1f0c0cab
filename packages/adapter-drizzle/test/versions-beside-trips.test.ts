import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { type Relay, relayTo } from '@clerk-sync/test-support/relay'
import { tripsOf } from '@clerk-sync/test-support/round-trips'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openD1 } from './kit/d1.ts'
import { serveNeon } from './kit/neon-server.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

async function relayed({ url }: { readonly url: string }): Promise<Relay> {
  const relay = await relayTo(url)
  onTestFinished(relay.close)
  return relay
}

/** On every event, and it does nothing. */
const hook = { 'user.created': () => undefined, 'user.updated': () => undefined, 'user.deleted': () => undefined }

// A creation, an update, a late update and a delete.
describe('Round trips of an event whose version is beside the table', () => {
  it('PostgreSQL: one for an upsert, four for a removal; with a hook five and six', async () => {
    const { url, trips } = await relayed(await postgresTables('drizzle_trips', onTestFinished, 'beside'))
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => pool.end())
    const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.besideShapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([1, 1, 2, 4])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([5, 5, 6, 6])
  })

  it('PostgreSQL with an AFTER trigger: five more for what is written', async () => {
    const tables = await postgresTables('drizzle_trips', onTestFinished, 'beside')
    await tables.query('create function f() returns trigger language plpgsql as $$ begin return null; end $$')
    await tables.query('create trigger t after insert or update on users for each row execute function f()')
    const { url, trips } = await relayed(tables)
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => pool.end())
    const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.besideShapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([6, 6, 5, 5])
  })

  it('MySQL: a transaction of three or four statements; with a hook two more', async () => {
    const { url, trips } = await relayed(await mysqlTables('mysql', 'drizzle_trips', onTestFinished, 'beside'))
    const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
    onTestFinished(() => pool.end())
    const adapter = drizzleAdapter(drizzleMysql({ client: pool, casing: 'snake_case' }), mysqlSchema.besideShapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([5, 6, 4, 5])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([7, 8, 6, 7])
  })

  it('neon-http: one request, a removal too; one more for what changes nothing', async () => {
    const { url } = await postgresTables('drizzle_trips_neon', onTestFinished, 'beside')
    const server = await serveNeon()
    onTestFinished(server.close)
    neonConfig.fetchEndpoint = server.endpoint
    const adapter = drizzleAdapter(drizzleNeon(neon(url), { casing: 'snake_case' }), pgSchema.besideShapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), server.requests)).toEqual([1, 1, 2, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), server.requests, 'user_2')).toEqual([2, 2, 3, 2])
  })

  it('D1: one batch', async () => {
    const { binding, tables, close } = await openD1('beside')
    onTestFinished(close)
    await tables.create()
    let calls = 0
    const counted = binding({
      run: (call) => {
        calls++
        return call()
      },
      runSync: (call) => call(),
    })
    const adapter = drizzleAdapter(drizzleD1(counted, { casing: 'snake_case' }), sqliteSchema.besideShapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), () => calls)).toEqual([1, 1, 1, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), () => calls, 'user_2')).toEqual([2, 2, 2, 2])
  })
})
