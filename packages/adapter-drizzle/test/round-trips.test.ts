import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import { drizzle as drizzleBetterSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import { userEvent } from './kit/events.ts'
import { freshMysql } from './kit/mysql.ts'
import { freshDatabase } from './kit/postgres.ts'
import { relayTo } from './kit/relay.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'
import { rawSqlite } from './kit/sqlite.ts'

/** Sends the events one after another, each a little later, and gives how many round trips each of them took. */
async function tripsOf(clerkSync: ReturnType<typeof createClerkSync>, trips: () => number): Promise<number[]> {
  await clerkSync.apply(userEvent('user.created', 'user_warm_up', 1_700_000_000_000))
  const counts: number[] = []
  for (const event of [
    userEvent('user.created', 'user_1', 1_700_000_000_000),
    userEvent('user.updated', 'user_1', 1_700_000_001_000, { first_name: 'Ada' }),
    userEvent('user.updated', 'user_1', 1_700_000_000_500, { first_name: 'late' }),
    userEvent('user.deleted', 'user_1', 1_700_000_002_000),
  ]) {
    const before = trips()
    await clerkSync.apply(event)
    counts.push(trips() - before)
  }
  return counts
}

describe('An event without a hook is one round trip', () => {
  it('on PostgreSQL, with node-postgres', async () => {
    const server = await freshDatabase('drizzle_trips_pg')
    const { url, trips } = await relayTo(server)
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => pool.end())
    await sqlTables('postgres', async (text) => (await pool.query(text)).rows).create()
    const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([1, 1, 1, 1])
  })

  it('on PostgreSQL, with postgres.js, which describes a statement first', async () => {
    const server = await freshDatabase('drizzle_trips_postgres_js')
    const { url, trips } = await relayTo(server)
    const client = postgres(url, { max: 1, fetch_types: false })
    onTestFinished(() => client.end())
    await sqlTables('postgres', (text) => client.unsafe(text)).create()
    const adapter = drizzleAdapter(drizzlePostgresJs(client, { casing: 'snake_case' }), pgSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([2, 2, 2, 2])
  })

  it('on MySQL', async () => {
    const server = await freshMysql('CLERK_SYNC_MYSQL_URL', 'drizzle_trips')
    const { url, trips } = await relayTo(server)
    const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
    onTestFinished(() => pool.end())
    await sqlTables('mysql', async (text) => (await pool.query<RowDataPacket[]>(text))[0]).create()
    const adapter = drizzleAdapter(drizzleMysql({ client: pool, casing: 'snake_case' }), mysqlSchema.shapes.plain)
    expect(await tripsOf(createClerkSync({ adapter }), trips)).toEqual([1, 1, 1, 1])
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

  it('on SQLite through better-sqlite3, where there is no way to go: one transaction of two statements', async () => {
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
