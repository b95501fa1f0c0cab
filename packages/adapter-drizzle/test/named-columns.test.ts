import { drizzleAdapter, liveMembership } from '@clerk-sync/adapter-drizzle'
import * as inMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as inPg from '@clerk-sync/adapter-drizzle/pg'
import * as inSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { createPeople, PEOPLE, peopleAfter } from '@clerk-sync/test-support/named-columns'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as p from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'

const names = { key: 'authId', version: 'syncVersion', deletedAt: 'clerkDeletedAt' } as const

const pgPeople = p.pgTable('people', {
  id: p.serial().primaryKey(),
  authId: inPg.clerkId('auth_id').unique(),
  email: p.text(),
  deletedAt: p.timestamp('deleted_at', { withTimezone: true, precision: 3 }),
  syncVersion: p.text('sync_version').notNull().default('0'),
  clerkDeletedAt: p.timestamp('clerk_deleted_at', { withTimezone: true, precision: 3 }),
})
const mysqlPeople = my.mysqlTable('people', {
  id: my.int().primaryKey().autoincrement(),
  authId: inMysql.clerkId('auth_id').unique(),
  email: my.varchar({ length: 255 }),
  deletedAt: my.datetime('deleted_at', { fsp: 3 }),
  syncVersion: my.varchar('sync_version', { length: 255 }).notNull().default('0'),
  clerkDeletedAt: my.datetime('clerk_deleted_at', { fsp: 3 }),
})
const sqlitePeople = lite.sqliteTable('people', {
  id: lite.integer().primaryKey(),
  authId: inSqlite.clerkId('auth_id').unique(),
  email: lite.text(),
  deletedAt: lite.integer('deleted_at', { mode: 'timestamp_ms' }),
  syncVersion: lite.text('sync_version').notNull().default('0'),
  clerkDeletedAt: lite.integer('clerk_deleted_at', { mode: 'timestamp_ms' }),
})

const withBefore = (seen: unknown[]) =>
  ({
    before: true,
    run: ({ before }: { before: { email: string | null } | undefined }) => void seen.push(before?.email),
  }) as const

it('PostgreSQL: a nullable Clerk id and sync columns of other names, beside deletes of the application', async () => {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_named') })
  onTestFinished(() => pool.end())
  const rows = async (text: string) => (await pool.query(text)).rows
  await createPeople('postgres', rows)
  const tables = { users: { table: pgPeople, ...names }, events: inPg.clerkEventsTable() }
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzlePg(pool), tables), on })
  expect(await peopleAfter('postgres', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it.for(['mysql', 'mariadb'] as const)('%s: the same', async (server) => {
  const pool = mysql.createPool({ uri: await freshDatabase(server, 'drizzle_named'), timezone: 'Z' })
  onTestFinished(() => pool.end())
  const rows = async (text: string) => (await pool.query(text))[0]
  await createPeople('mysql', rows)
  const tables = { users: { table: mysqlPeople, ...names }, events: inMysql.clerkEventsTable() }
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzleMysql(pool), tables), on })
  expect(await peopleAfter('mysql', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it('SQLite: the same', async () => {
  const connection = new Database(':memory:')
  onTestFinished(() => void connection.close())
  const rows = queryOf(connection)
  await createPeople('sqlite', rows)
  const tables = { users: { table: sqlitePeople, ...names }, events: inSqlite.clerkEventsTable() }
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzleSqlite(connection), tables), on })
  expect(await peopleAfter('sqlite', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it('with its versions beside, a table needs the name of its key alone', async () => {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_named') })
  onTestFinished(() => pool.end())
  await pool.query(`create table people (id serial primary key, auth_id text unique, deleted_at timestamptz, email text);
    create table clerk_versions (table_name text, id text, version text not null, deleted_at timestamptz(3),
      primary key (table_name, id))`)
  const people = p.pgTable('people', {
    id: p.serial().primaryKey(),
    authId: inPg.clerkId('auth_id').unique(),
    email: p.text(),
    deletedAt: p.timestamp('deleted_at', { withTimezone: true }),
  })
  const adapter = drizzleAdapter(drizzlePg(pool), {
    users: { table: people, key: 'authId' },
    versions: inPg.clerkVersionsTable(),
  })
  const clerkSync = createClerkSync({ adapter })
  await pool.query("insert into people (email) values ('here@example.com')")
  await clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))
  expect(await clerkSync.check()).toEqual([])
  expect((await pool.query('select auth_id from people order by id')).rows).toEqual([
    { auth_id: null },
    { auth_id: 'user_1' },
  ])
  await clerkSync.apply(userEvent('user.deleted', 'user_1', 1_760_000_000_001))
  expect((await pool.query('select auth_id from people')).rows).toEqual([{ auth_id: null }])
})

it('liveMembership takes the tables as the adapter was given them', () => {
  const db = drizzlePg.mock()
  const memberships = p.pgTable('memberships', {
    id: inPg.clerkId().primaryKey(),
    userId: inPg.clerkId('user_id').notNull(),
    organizationId: inPg.clerkId('organization_id').notNull(),
    ...inPg.syncColumns(),
  })
  const organizations = p.pgTable('organizations', { id: inPg.clerkId().primaryKey(), ...inPg.syncColumns() })
  const where = liveMembership({ memberships, users: { table: pgPeople, ...names }, organizations })
  expect(db.select({ id: memberships.id }).from(memberships).where(where).toSQL().sql).toContain(
    'where "people"."auth_id" = "memberships"."user_id" and "people"."clerk_deleted_at" is null',
  )
})
