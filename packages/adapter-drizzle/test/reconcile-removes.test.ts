// A delete whose event was lost, on tables without a column of ours: what onDrift finds while reconcile removes the row.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { backfill, type ReconcileResult, type RunOptions, reconcile } from '@clerk-sync/core/clerk-api'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'

interface Store {
  readonly query: Query
  fill(options: RunOptions): Promise<unknown>
  /** Its `onDrift` writes down what it finds, and then fails if it is told to. */
  heal(
    options: RunOptions & { readonly settleMs: number; readonly graceMs: number },
    fails: boolean,
  ): Promise<ReconcileResult>
}

async function create(query: Query, text: string, time: string): Promise<void> {
  await query(`create table users (id ${text} primary key, first_name ${text})`)
  await query(
    `create table posts (user_id ${text} not null, foreign key (user_id) references users (id) on delete cascade)`,
  )
  await query(`create table found (in_table ${text}, given ${text}, posts integer)`)
  await query(`create table clerk_versions (table_name ${text.replace('255', '129')} not null, id ${text} not null,
    version varchar(34) not null, deleted_at ${time}, primary key (table_name, id))`)
  await query(`create table clerk_events (id ${text} primary key, type ${text} not null, entity_id ${text},
    occurred_at ${time} not null, processed_at ${time} not null)`)
}

const finding = (id: string, before: { readonly firstName: string | null } | undefined) =>
  sql`insert into found select first_name, ${before?.firstName}, (select count(*) from posts where user_id = ${id})
    from users where id = ${id}`

const failed = (fails: boolean) => {
  if (fails) throw new Error('The storage of files is away.')
}

async function onPostgres(): Promise<Store> {
  const connectionString = await freshDatabase('postgres', 'drizzle_removes')
  const query = rawPostgres(connectionString, onTestFinished)
  await create(query, 'varchar(255)', 'timestamptz(3)')
  const pool = new Pool({ connectionString })
  onTestFinished(() => pool.end())
  const users = pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), firstName: pg.text('first_name') })
  const [versions, events] = [ofPg.clerkVersionsTable(), ofPg.clerkEventsTable()]
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzlePg(pool), { users, versions, events }) })
  return {
    query,
    fill: (options) => backfill(clerkSync, options),
    heal: (options, fails) =>
      reconcile(clerkSync, {
        ...options,
        onDrift: async ({ id }, { tx, before }) => {
          await tx.execute(finding(id, before))
          failed(fails)
        },
      }),
  }
}

async function onMysql(): Promise<Store> {
  const uri = await freshDatabase('mysql', 'drizzle_removes')
  const query = rawMysql(uri, onTestFinished)
  await create(query, 'varchar(255) collate utf8mb4_bin', 'datetime(3)')
  const client = createPool({ uri })
  onTestFinished(() => client.end())
  const firstName = my.varchar('first_name', { length: 255 })
  const users = my.mysqlTable('users', { id: ofMysql.clerkId().primaryKey(), firstName })
  const [versions, events] = [ofMysql.clerkVersionsTable(), ofMysql.clerkEventsTable()]
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzleMysql({ client }), { users, versions, events }) })
  return {
    query,
    fill: (options) => backfill(clerkSync, options),
    heal: (options, fails) =>
      reconcile(clerkSync, {
        ...options,
        onDrift: async ({ id }, { tx, before }) => {
          await tx.execute(finding(id, before))
          failed(fails)
        },
      }),
  }
}

async function onSqlite(): Promise<Store> {
  const { file, query } = rawSqlite(onTestFinished)
  await create(query, 'text', 'integer')
  const client = new Database(file)
  onTestFinished(() => void client.close())
  const users = lite.sqliteTable('users', { id: ofSqlite.clerkId().primaryKey(), firstName: lite.text('first_name') })
  const [versions, events] = [ofSqlite.clerkVersionsTable(), ofSqlite.clerkEventsTable()]
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzleSqlite(client), { users, versions, events }) })
  return {
    query,
    fill: (options) => backfill(clerkSync, options),
    heal: (options, fails) =>
      reconcile(clerkSync, {
        ...options,
        onDrift: ({ id }, { tx, before }) => {
          tx.run(finding(id, before))
          failed(fails)
        },
      }),
  }
}

test.each([
  ['PostgreSQL', onPostgres],
  ['MySQL', onMysql],
  ['SQLite', onSqlite],
])('onDrift has the row and what refers to it, in the transaction that removes them: %s', async (_, open) => {
  const { query, fill, heal } = await open()
  const api = await startClerkApi({ users: 3, webhooks: 'never' })
  onTestFinished(() => api.close())
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 100_000 } }
  const options = { ...read, settleMs: 0, graceMs: 0 }
  await fill(read)
  const [gone = ''] = api.users.ids()
  await query(`update users set first_name = 'Ada' where id = '${gone}'`)
  await query(`insert into posts select id from users where id = '${gone}'`)
  await api.users.delete(gone)
  const left = async () => [
    await query(`select first_name from users where id = '${gone}'`),
    await query('select user_id from posts'),
    await query('select id from clerk_versions where deleted_at is not null'),
    await query('select in_table, given, posts from found'),
  ]
  const before = [[{ first_name: 'Ada' }], [{ user_id: gone }], [], []]
  expect(await left()).toEqual(before)
  expect(await heal(options, true)).toMatchObject({
    ok: false,
    failures: [{ id: gone, error: { code: 'hook_failed' } }],
  })
  expect(await left()).toEqual(before)
  expect(await heal(options, false)).toMatchObject({ ok: true, drift: { user: { undeleted: 1 } } })
  expect(await left()).toEqual([[], [], [{ id: gone }], [{ in_table: 'Ada', given: 'Ada', posts: 1 }]])
})
