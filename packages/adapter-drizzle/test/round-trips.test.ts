import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { createClient } from '@libsql/client'
import { neon, neonConfig } from '@neondatabase/serverless'
import { Client } from '@planetscale/database'
import Database from 'better-sqlite3'
import { drizzle as drizzleBetterSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePlanetscale } from 'drizzle-orm/planetscale-serverless'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openD1 } from './kit/d1.ts'
import { userEvent } from './kit/events.ts'
import { freshMysql } from './kit/mysql.ts'
import { serveNeon } from './kit/neon-server.ts'
import { servePlanetscale } from './kit/planetscale-server.ts'
import { freshDatabase } from './kit/postgres.ts'
import { relayTo } from './kit/relay.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'
import { rawSqlite } from './kit/sqlite.ts'

/** Sends the events one after another, each a little later, and gives how many round trips each of them took. */
async function tripsOf(clerkSync: ClerkSync, trips: () => number, user = 'user_1'): Promise<number[]> {
  await clerkSync.apply(userEvent('user.created', 'user_warm_up', 1_700_000_000_000))
  const counts: number[] = []
  for (const event of [
    userEvent('user.created', user, 1_700_000_000_000),
    userEvent('user.updated', user, 1_700_000_001_000, { first_name: 'Ada' }),
    userEvent('user.updated', user, 1_700_000_000_500, { first_name: 'late' }),
    userEvent('user.deleted', user, 1_700_000_002_000),
  ]) {
    const before = trips()
    await clerkSync.apply(event)
    counts.push(trips() - before)
  }
  return counts
}

/** On every event, and it does nothing. */
const hook = { 'user.created': () => undefined, 'user.updated': () => undefined, 'user.deleted': () => undefined }

describe('An event without a hook is one round trip, and one more to know what became of it', () => {
  it('on PostgreSQL, with node-postgres, for what changes nothing; five with a hook', async () => {
    const server = await freshDatabase('drizzle_trips_pg')
    const { url, trips } = await relayTo(server)
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => pool.end())
    await sqlTables('postgres', async (text) => (await pool.query(text)).rows).create()
    const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([1, 1, 2, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([5, 5, 6, 5])
  })

  it('on PostgreSQL, with postgres.js, which describes a statement first', async () => {
    const server = await freshDatabase('drizzle_trips_postgres_js')
    const { url, trips } = await relayTo(server)
    const client = postgres(url, { max: 1, fetch_types: false })
    onTestFinished(() => client.end())
    await sqlTables('postgres', (text) => client.unsafe(text)).create()
    const adapter = drizzleAdapter(drizzlePostgresJs(client, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([2, 2, 4, 2])
  })

  it('on MySQL, for every event; six with a hook', async () => {
    const server = await freshMysql('CLERK_SYNC_MYSQL_URL', 'drizzle_trips')
    const { url, trips } = await relayTo(server)
    const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
    onTestFinished(() => pool.end())
    await sqlTables('mysql', async (text) => (await pool.query<RowDataPacket[]>(text))[0]).create()
    const adapter = drizzleAdapter(drizzleMysql({ client: pool, casing: 'snake_case' }), mysqlSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([2, 2, 2, 2])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([6, 6, 6, 6])
  })

  it('on SQLite through libsql: one batch', async () => {
    const { file } = await rawSqlite()
    const client = createClient({ url: `file:${file}` })
    onTestFinished(() => client.close())
    let calls = 0
    const counted = new Proxy(client, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property)
        if (typeof member !== 'function') return member
        return (...values: unknown[]) => {
          calls++
          return Reflect.apply(member, target, values)
        }
      },
    })
    const adapter = drizzleAdapter(drizzleLibsql(counted, { casing: 'snake_case' }), sqliteSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), () => calls)).toEqual([1, 1, 1, 1])
  })

  it('on SQLite through better-sqlite3, where there is no way to go: one transaction of three statements', async () => {
    const { file } = await rawSqlite()
    const statements: string[] = []
    const connection = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
    onTestFinished(() => {
      connection.close()
    })
    const adapter = drizzleAdapter(drizzleBetterSqlite(connection, { casing: 'snake_case' }), sqliteSchema.shapes.plain)
    const begun = () => statements.filter((statement) => /^begin/i.test(statement)).length
    expect(await tripsOf(createClerkSync({ adapter }), begun)).toEqual([1, 1, 1, 1])
  })
})

describe('Over HTTP, where each round trip is a request', () => {
  async function openNeon() {
    const connectionString = await freshDatabase('drizzle_trips_neon')
    const raw = new pg.Pool({ connectionString, max: 1 })
    await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
    await raw.end()
    const server = await serveNeon()
    onTestFinished(server.close)
    neonConfig.fetchEndpoint = server.endpoint
    const adapter = drizzleAdapter(drizzleNeon(neon(connectionString), { casing: 'snake_case' }), pgSchema.shapes.plain)
    return { adapter, requests: server.requests }
  }

  async function openPlanetscale() {
    const uri = await freshMysql('CLERK_SYNC_MYSQL_URL', 'drizzle_trips_planetscale')
    const raw = mysql.createPool({ uri, connectionLimit: 1 })
    await sqlTables('mysql', async (text) => (await raw.query<RowDataPacket[]>(text))[0]).create()
    await raw.end()
    const server = await servePlanetscale(uri)
    onTestFinished(server.close)
    const client = new Client({ url: server.url })
    const adapter = drizzleAdapter(drizzlePlanetscale({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain)
    return { adapter, requests: server.requests }
  }

  async function openCountedD1() {
    const { binding, tables, close } = await openD1()
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
    const adapter = drizzleAdapter(drizzleD1(counted, { casing: 'snake_case' }), sqliteSchema.shapes.plain)
    return { adapter, requests: () => calls }
  }

  it('neon-http: one without a hook, two with one; one more for what changes nothing', async () => {
    const { adapter, requests } = await openNeon()
    expect(await tripsOf(createClerkSync({ adapter }), requests)).toEqual([1, 1, 2, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), requests, 'user_2')).toEqual([2, 2, 3, 2])
  })

  it('D1: one without a hook, two with one', async () => {
    const { adapter, requests } = await openCountedD1()
    expect(await tripsOf(createClerkSync({ adapter }), requests)).toEqual([1, 1, 1, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), requests, 'user_2')).toEqual([2, 2, 2, 2])
  })

  it('PlanetScale: two without a hook, six with one', async () => {
    const { adapter, requests } = await openPlanetscale()
    expect(await tripsOf(createClerkSync({ adapter }), requests)).toEqual([2, 2, 2, 2])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), requests, 'user_2')).toEqual([6, 6, 6, 6])
  })
})
