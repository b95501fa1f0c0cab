import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as mysqlSync from '@clerk-sync/adapter-drizzle/mysql'
import * as pgSync from '@clerk-sync/adapter-drizzle/pg'
import * as sqliteSync from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { versionOf } from '@clerk-sync/core/adapter'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as p from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

// The README of Drizzle fills columns of the application's own with SQL: `$onUpdate(() => sql`now()`)`.

let slugs = 0
/** Text and parameters, a question mark and a dollar among them. */
const mysqlSlug = () => sql`concat(cast(${`slug?$1-${++slugs}`} as char(40)), '-', ${'é'})`
const name = (n: number) => ({ first_name: `Name ${n}` })

function onPostgres(prepare: boolean) {
  return async () => {
    const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_sql_defaults'), max: 2 })
    onTestFinished(() => pool.end())
    await pool.query(`create table users (id text primary key, "firstName" text, slug text not null, touched timestamptz,
      clerk_version text not null default '0', deleted_at timestamptz(3))`)
    const users = p.pgTable('users', {
      id: pgSync.clerkId().primaryKey(),
      slug: p
        .text()
        .notNull()
        .$defaultFn(() => sql`${`slug?$1-${++slugs}`}::text || '-' || ${'é'}`),
      firstName: p.text(),
      touched: p.timestamp({ withTimezone: true }).$onUpdate(() => sql`now()`),
      ...pgSync.syncColumns(),
    })
    const db = drizzlePg(pool)
    return {
      adapter: drizzleAdapter(db, { users }, { prepare }),
      rows: async () => db.select().from(users).orderBy(users.id),
    }
  }
}

function onMysql(server: 'mysql' | 'mariadb', prepare: boolean) {
  return async () => {
    const client = mysql.createPool({ uri: await freshDatabase(server, 'drizzle_sql_defaults'), connectionLimit: 2 })
    onTestFinished(() => client.end())
    await client.query<
      RowDataPacket[]
    >(`create table users (id varchar(255) primary key, firstName text, slug text not null,
      touched datetime(3), clerk_version varchar(34) not null default '0', deleted_at datetime(3))`)
    const users = my.mysqlTable('users', {
      id: mysqlSync.clerkId().primaryKey(),
      slug: my.text().notNull().$defaultFn(mysqlSlug),
      firstName: my.text(),
      touched: my.datetime({ fsp: 3 }).$onUpdate(() => sql`utc_timestamp(3)`),
      ...mysqlSync.syncColumns(),
    })
    const db = drizzleMysql({ client })
    return {
      adapter: drizzleAdapter(db, { users }, { prepare }),
      rows: async () => db.select().from(users).orderBy(users.id),
    }
  }
}

async function onSqlite() {
  const client = new Database(':memory:')
  onTestFinished(() => void client.close())
  client.exec(`create table users (id text primary key, firstName text, slug text not null, touched integer,
    clerk_version text not null default '0', deleted_at integer)`)
  const users = lite.sqliteTable('users', {
    id: sqliteSync.clerkId().primaryKey(),
    slug: lite
      .text()
      .notNull()
      .$defaultFn(() => sql`${`slug?$1-${++slugs}`} || '-' || ${'é'}`),
    firstName: lite.text(),
    touched: lite.integer({ mode: 'timestamp_ms' }).$onUpdate(() => sql`(unixepoch() * 1000)`),
    ...sqliteSync.syncColumns(),
  })
  const db = drizzleSqlite(client)
  return { adapter: drizzleAdapter(db, { users }), rows: async () => db.select().from(users).orderBy(users.id).all() }
}

describe.for([
  ['PostgreSQL', onPostgres(false)],
  ['PostgreSQL, prepared', onPostgres(true)],
  ['MySQL', onMysql('mysql', false)],
  ['MySQL, prepared', onMysql('mysql', true)],
  ['MariaDB', onMysql('mariadb', false)],
  ['SQLite', onSqlite],
] as const)('SQL of $defaultFn and $onUpdate, on %s', ([, open]) => {
  const at = 1_760_000_000_000

  it('fills a new row, is evaluated for each, and leaves a row alone that is there', async () => {
    const { adapter, rows } = await open()
    const clerkSync = createClerkSync({ adapter })
    const first = ++slugs
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, name(1)))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.created', 'user_2', at, name(2)))).toBe('created')
    const stored = await rows()
    expect(stored.map((row) => row.firstName)).toEqual(['Name 1', 'Name 2'])
    expect(stored.map((row) => row.slug)).toEqual([`slug?$1-${first + 1}-é`, `slug?$1-${first + 2}-é`])
    // Of the database's clock, in whole seconds on SQLite.
    for (const { touched } of stored) expect(Math.abs(Number(touched) - Date.now())).toBeLessThan(60_000)

    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1, name(3)))).toBe('updated')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_2', at + 1))).toBe('deleted')
    const after = await rows()
    expect(after).toMatchObject([
      { firstName: 'Name 3', slug: stored[0]?.slug, touched: stored[0]?.touched },
      { firstName: null, slug: stored[1]?.slug, touched: stored[1]?.touched },
    ])
  })

  it('fills each row of a batch', async () => {
    const { adapter, rows } = await open()
    const version = versionOf({ updatedAt: at, occurredAt: at, rank: 0, messageId: 'msg_1' })
    const changes = ['user_1', 'user_2', 'user_3'].map(
      (key) => ({ kind: 'upsert', entity: 'user', key, version, values: { firstName: key } }) as const,
    )
    expect(await adapter.writeMany(changes)).toEqual(changes.map((change) => ({ change, outcome: 'created' })))
    const stored = await rows()
    expect(stored.map((row) => row.firstName)).toEqual(['user_1', 'user_2', 'user_3'])
    expect(new Set(stored.map((row) => row.slug)).size).toBe(3)
    expect(stored.every((row) => row.touched instanceof Date)).toBe(true)
  })
})
