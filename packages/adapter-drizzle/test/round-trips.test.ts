import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { mysqlTables, postgresTables, sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { type Relay, relayTo } from '@clerk-sync/test-support/relay'
import { tripsOf } from '@clerk-sync/test-support/round-trips'
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
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openD1 } from './kit/d1.ts'
import { serveNeon } from './kit/neon-server.ts'
import { servePlanetscale } from './kit/planetscale-server.ts'
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

describe('An event without a hook is one round trip, and one more to know what became of it', () => {
  it('on PostgreSQL, with node-postgres, for what changes nothing; five with a hook', async () => {
    const { url, trips } = await relayed(await postgresTables('drizzle_trips_pg', onTestFinished))
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => pool.end())
    const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([1, 1, 2, 1])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([5, 5, 6, 5])
  })

  it('on PostgreSQL, with postgres.js, which describes a statement first', async () => {
    const { url, trips } = await relayed(await postgresTables('drizzle_trips_postgres_js', onTestFinished))
    const client = postgres(url, { max: 1, fetch_types: false })
    onTestFinished(() => client.end())
    const adapter = drizzleAdapter(drizzlePostgresJs(client, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([2, 2, 4, 2])
  })

  it('on MySQL, for every event; six with a hook', async () => {
    const { url, trips } = await relayed(await mysqlTables('mysql', 'drizzle_trips', onTestFinished))
    const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
    onTestFinished(() => pool.end())
    const adapter = drizzleAdapter(drizzleMysql({ client: pool, casing: 'snake_case' }), mysqlSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([2, 2, 2, 2])
    expect(await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2')).toEqual([6, 6, 6, 6])
  })

  it('on SQLite through libsql: one batch', async () => {
    const { file } = await sqliteTables(onTestFinished)
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

  it('on SQLite through better-sqlite3, where there is no way to go: one statement; three for a stale event', async () => {
    const { file } = await sqliteTables(onTestFinished)
    const statements: string[] = []
    const connection = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
    onTestFinished(() => {
      connection.close()
    })
    const adapter = drizzleAdapter(drizzleBetterSqlite(connection, { casing: 'snake_case' }), sqliteSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), () => statements.length)).toEqual([1, 1, 3, 1])
  })
})

describe('Over HTTP, where each round trip is a request', () => {
  async function openNeon() {
    const { url } = await postgresTables('drizzle_trips_neon', onTestFinished)
    const server = await serveNeon()
    onTestFinished(server.close)
    neonConfig.fetchEndpoint = server.endpoint
    const adapter = drizzleAdapter(drizzleNeon(neon(url), { casing: 'snake_case' }), pgSchema.shapes.plain)
    return { adapter, requests: server.requests }
  }

  async function openPlanetscale() {
    const { url } = await mysqlTables('mysql', 'drizzle_trips_planetscale', onTestFinished)
    const server = await servePlanetscale(url)
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
