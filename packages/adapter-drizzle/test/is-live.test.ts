// With `onDelete: 'erase'` or `'keep'` and versions beside, the table cannot tell a deleted row from a live one: a view does.
import { drizzleAdapter, isLive } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'

const AT = 1_760_000_000_000
const user = (type: 'created' | 'updated' | 'deleted', id: string, at: number) =>
  userEvent(`user.${type}`, id, AT + at, withEmail(`${id}@example.com`))
const versionsTable = (date: string) =>
  `create table clerk_versions (table_name varchar(129) not null, id varchar(255) not null, version varchar(34) not null,
    deleted_at ${date}, primary key (table_name, id))`

interface Row {
  readonly id: string
  readonly email: string
}

/** Of three users and one that was never seen, two are deleted; one was there before. */
async function play(
  adapter: SyncAdapter<{ user: { email: string } }>,
  onDelete: 'erase' | 'keep' = 'erase',
): Promise<void> {
  const clerkSync = createClerkSync({
    adapter,
    map: {
      user: (_user, record) => ({ email: record.email ?? '' }),
      deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
    },
    onDelete,
  })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  for (const id of ['user_ada', 'user_bob']) expect(await clerkSync.apply(user('created', id, 1))).toBe('created')
  for (const id of ['user_ada', 'user_new']) expect(await clerkSync.apply(user('deleted', id, 3))).toBe('deleted')
  for (const id of ['user_ada', 'user_new'])
    expect(await clerkSync.apply(user('updated', id, 2))).toBe('already_deleted')
}

const LIVE = [
  { id: 'user_bob', email: 'user_bob@example.com' },
  { id: 'user_old', email: 'old@example.com' },
]
const ERASED = ['user_ada', 'user_new'].map((id) => ({ id, email: `${id}@deleted.invalid` }))
const byId = (rows: readonly Row[]) => rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))

it('a query and a view give the live rows alone on PostgreSQL', async () => {
  const crm = pg.pgSchema('crm')
  const users = crm.table('users', { id: ofPg.clerkId().primaryKey(), email: pg.text().notNull().unique() })
  const versions = ofPg.clerkVersionsTable()
  const view = pg.pgView('live_users').as((query) => query.select().from(users).where(isLive(users, versions)))
  const connectionString = await freshDatabase('postgres', 'drizzle_is_live')
  const query = rawPostgres(connectionString, onTestFinished)
  for (const text of [
    'create schema crm',
    'create table crm.users (id text primary key, email text not null unique)',
    versionsTable('timestamptz(3)'),
    "insert into crm.users values ('user_old', 'old@example.com')",
    // Another schema's table of the same name.
    "insert into clerk_versions values ('users', 'user_bob', '1', now())",
  ])
    await query(text)
  const pool = new Pool({ connectionString })
  onTestFinished(() => pool.end())
  const db = drizzle(pool)
  await play(drizzleAdapter(db, { users, versions }))
  await query(
    `create view live_users as ${new pg.PgDialect().sqlToQuery(pg.getViewConfig(view).query!.inlineParams()).sql}`,
  )
  expect(byId(await db.select().from(view))).toEqual(LIVE)
  expect(byId(await db.select().from(users).where(isLive(users, versions)))).toEqual(LIVE)
  const author = pg.alias(users, 'author')
  expect(byId(await db.select().from(author).where(isLive(author, versions)))).toEqual(LIVE)
  expect(byId(await db.select().from(users))).toEqual(byId([...LIVE, ...ERASED]))
})

it('the same on MySQL, by a key of another name', async () => {
  const people = my.mysqlTable('people', {
    authId: ofMysql.clerkId('auth_id').primaryKey(),
    email: my.text().notNull(),
  })
  const versions = ofMysql.clerkVersionsTable()
  const url = await freshDatabase('mysql', 'drizzle_is_live')
  const query = rawMysql(url, onTestFinished)
  await query('create table people (auth_id varchar(255) primary key, email text not null)')
  await query(versionsTable('datetime(3)'))
  await query("insert into people values ('user_old', 'old@example.com')")
  const pool = createPool(url)
  onTestFinished(() => pool.end())
  const db = drizzleMysql(pool)
  const users = { table: people, key: 'authId' } as const
  await play(drizzleAdapter(db, { users, versions }))
  const live = await db.select({ id: people.authId, email: people.email }).from(people).where(isLive(users, versions))
  expect(byId(live)).toEqual(LIVE)
})

it.for(['erase', 'keep'] as const)('the same on SQLite, %s', async (onDelete) => {
  const users = lite.sqliteTable('users', { id: ofSqlite.clerkId().primaryKey(), email: lite.text().notNull() })
  const versions = ofSqlite.clerkVersionsTable()
  const file = new Database(':memory:')
  file.exec('create table users (id text primary key, email text not null)')
  file.exec(versionsTable('integer'))
  file.exec("insert into users values ('user_old', 'old@example.com')")
  const db = drizzleSqlite(file)
  await play(drizzleAdapter(db, { users, versions }), onDelete)
  // A late event fills a kept row in.
  const deleted = onDelete === 'keep' ? ERASED.map(({ id }) => ({ id, email: `${id}@example.com` })) : ERASED
  expect(byId(db.select().from(users).all())).toEqual(byId([...LIVE, ...deleted]))
  expect(byId(db.select().from(users).where(isLive(users, versions)).all())).toEqual(LIVE)
  const author = lite.alias(users, 'author')
  expect(byId(db.select().from(author).where(isLive(author, versions)).all())).toEqual(LIVE)
})
