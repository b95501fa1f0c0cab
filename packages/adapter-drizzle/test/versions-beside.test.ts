// An application that was there before: its tables are not altered, and its rows are deleted when Clerk deletes a user.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
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
import { describe, expect, it, onTestFinished } from 'vitest'

const ID = 'varchar(255)'

/** What the application has, in SQL of its own. */
const tablesOf = (onDelete: string) => [
  `create table users (id ${ID} primary key, email ${ID} not null unique, name ${ID})`,
  `create table posts (id integer primary key, author_id ${ID} not null, title ${ID}, foreign key (author_id) references users (id) ${onDelete})`,
  `create table memberships (id ${ID} primary key, user_id ${ID} not null, organization_id ${ID} not null, role ${ID}, unique (user_id, organization_id))`,
  `insert into users (id, email, name) values ('user_0', 'old@example.com', 'from before')`,
]

/** The library's own, by its migrations. */
const OWN = [
  `create table clerk_versions (table_name varchar(129) not null, id ${ID} not null, version varchar(34) not null, deleted_at TIME, primary key (table_name, id))`,
  `create table clerk_events (id ${ID} primary key, type ${ID} not null, entity_id ${ID}, occurred_at TIME not null, processed_at TIME not null)`,
]

interface Application {
  readonly query: Query
  readonly clerkSync: ClerkSync
  /** The posts of the user, and its name, as the hook of a delete saw them. */
  readonly seen: readonly unknown[]
}

interface Setting {
  readonly onDelete: string
  /** What the hook of a delete does; it looks in any case. */
  readonly removesPosts?: boolean
  /** The hook ends its transaction, and goes on. */
  readonly rollsBack?: boolean
}

async function create(query: Query, { onDelete }: Setting, time: string): Promise<void> {
  for (const statement of [...tablesOf(onDelete), ...OWN]) await query(statement.replaceAll('TIME', time))
}

async function openPostgres(setting: Setting): Promise<Application> {
  const url = await freshDatabase('postgres', 'drizzle_beside')
  const query = rawPostgres(url, onTestFinished)
  await create(query, setting, 'timestamptz(3)')
  const pool = new Pool({ connectionString: url })
  onTestFinished(() => pool.end())
  const users = pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), email: pg.text().notNull(), name: pg.text() })
  const organizationMemberships = pg.pgTable('memberships', {
    id: ofPg.clerkId().primaryKey(),
    userId: pg.text('user_id').notNull(),
    organizationId: pg.text('organization_id').notNull(),
    role: pg.text(),
  })
  const posts = pg.pgTable('posts', { id: pg.integer().primaryKey(), title: pg.text() })
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzlePg(pool), {
      users,
      organizationMemberships,
      versions: ofPg.clerkVersionsTable(),
      events: ofPg.clerkEventsTable(),
    }),
    map: { user: (_, record) => ({ email: record.email ?? '', name: record.firstName }) },
    on: {
      'user.deleted': {
        before: true,
        run: async ({ tx, before }) => {
          seen.push(before?.email, (await tx.select().from(posts)).length)
          if (setting.removesPosts) await tx.delete(posts)
          if (setting.rollsBack) await tx.execute(sql`rollback`)
        },
      },
    },
  })
  return { query, clerkSync, seen }
}

async function openMysql(server: 'mysql' | 'mariadb', setting: Setting): Promise<Application> {
  const url = await freshDatabase(server, 'drizzle_beside')
  const query = rawMysql(url, onTestFinished)
  await create(query, setting, 'datetime(3)')
  const pool = createPool({ uri: url })
  onTestFinished(() => pool.end())
  const text = (name: string) => my.varchar(name, { length: 255 })
  const users = my.mysqlTable('users', {
    id: ofMysql.clerkId('id').primaryKey(),
    email: text('email').notNull(),
    name: text('name'),
  })
  const organizationMemberships = my.mysqlTable('memberships', {
    id: ofMysql.clerkId('id').primaryKey(),
    userId: ofMysql.clerkId('user_id').notNull(),
    organizationId: ofMysql.clerkId('organization_id').notNull(),
    role: text('role'),
  })
  const posts = my.mysqlTable('posts', { id: my.int('id').primaryKey(), title: text('title') })
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzleMysql({ client: pool }), {
      users,
      organizationMemberships,
      versions: ofMysql.clerkVersionsTable(),
      events: ofMysql.clerkEventsTable(),
    }),
    map: { user: (_, record) => ({ email: record.email ?? '', name: record.firstName }) },
    on: {
      'user.deleted': {
        before: true,
        run: async ({ tx, before }) => {
          seen.push(before?.email, (await tx.select().from(posts)).length)
          if (setting.removesPosts) await tx.delete(posts)
          if (setting.rollsBack) await tx.execute(sql`rollback`)
        },
      },
    },
  })
  return { query, clerkSync, seen }
}

async function openSqlite(setting: Setting): Promise<Application> {
  const { file, query } = rawSqlite(onTestFinished)
  await create(query, setting, 'integer')
  const database = new Database(file)
  database.pragma('foreign_keys = on')
  onTestFinished(() => void database.close())
  const users = lite.sqliteTable('users', {
    id: ofSqlite.clerkId('id').primaryKey(),
    email: lite.text('email').notNull(),
    name: lite.text('name'),
  })
  const organizationMemberships = lite.sqliteTable('memberships', {
    id: ofSqlite.clerkId('id').primaryKey(),
    userId: lite.text('user_id').notNull(),
    organizationId: lite.text('organization_id').notNull(),
    role: lite.text('role'),
  })
  const posts = lite.sqliteTable('posts', { id: lite.integer('id').primaryKey(), title: lite.text('title') })
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzleSqlite(database), {
      users,
      organizationMemberships,
      versions: ofSqlite.clerkVersionsTable(),
      events: ofSqlite.clerkEventsTable(),
    }),
    map: { user: (_, record) => ({ email: record.email ?? '', name: record.firstName }) },
    on: {
      'user.deleted': {
        before: true,
        run: ({ tx, before }) => {
          seen.push(before?.email, tx.select().from(posts).all().length)
          if (setting.removesPosts) tx.delete(posts).run()
          if (setting.rollsBack) tx.run(sql`rollback`)
        },
      },
    },
  })
  return { query, clerkSync, seen }
}

const databases: Readonly<Record<string, (setting: Setting) => Promise<Application>>> = {
  PostgreSQL: openPostgres,
  MySQL: (setting) => openMysql('mysql', setting),
  MariaDB: (setting) => openMysql('mariadb', setting),
  SQLite: openSqlite,
}

const ada = (type: 'created' | 'updated' | 'deleted', at: number, address = 'ada@example.com') =>
  userEvent(`user.${type}`, 'user_1', at, withEmail(address))

for (const [name, open] of Object.entries(databases)) {
  describe(`versions beside the tables of an application, ${name}`, () => {
    it('a deleted user is gone with what cascades, stays gone, and gives the e-mail back', async () => {
      const { query, clerkSync, seen } = await open({ onDelete: 'on delete cascade' })
      expect(await clerkSync.check()).toSatisfy((problems: { severity: string }[]) =>
        problems.every(({ severity }) => severity === 'warning'),
      )
      expect(await clerkSync.apply(ada('created', 1_000))).toBe('created')
      await query("insert into posts (id, author_id, title) values (1, 'user_1', 'Notes')")
      expect(await clerkSync.apply(ada('deleted', 3_000))).toBe('deleted')
      expect(seen).toEqual(['ada@example.com', 1])
      expect(await query('select * from posts')).toEqual([])
      expect(await clerkSync.apply(ada('updated', 2_000, 'late@example.com'))).toBe('already_deleted')
      const again = userEvent('user.created', 'user_2', 4_000, withEmail('ada@example.com'))
      expect(await clerkSync.apply(again)).toBe('created')
      expect(await query('select id, email from users order by id')).toEqual([
        { id: 'user_0', email: 'old@example.com' },
        { id: 'user_2', email: 'ada@example.com' },
      ])
      const tombstones = await query('select table_name, id from clerk_versions where deleted_at is not null')
      expect(tombstones).toEqual([{ table_name: 'users', id: 'user_1' }])
    })

    it('a row that was there before is updated and removed like any other', async () => {
      const { query, clerkSync } = await open({ onDelete: '' })
      const old = (type: 'updated' | 'deleted', at: number) =>
        userEvent(`user.${type}`, 'user_0', at, withEmail('new@example.com'))
      expect(await clerkSync.apply(old('updated', 1_000))).toBe('updated')
      expect(await query('select email from users')).toEqual([{ email: 'new@example.com' }])
      expect(await clerkSync.apply(old('deleted', 2_000))).toBe('deleted')
      expect(await query('select * from users')).toEqual([])
    })

    it('a foreign key that forbids the removal is reference_held, until a hook removes what refers', async () => {
      const { query, clerkSync } = await open({ onDelete: 'on delete restrict' })
      await clerkSync.apply(ada('created', 1_000))
      await query("insert into posts (id, author_id, title) values (1, 'user_1', 'Notes')")
      await expect(clerkSync.apply(ada('deleted', 2_000))).rejects.toMatchObject({
        code: 'reference_held',
        status: 503,
      })
      expect(await query("select id from users where id = 'user_1'")).toHaveLength(1)
      expect(await query('select id from clerk_versions where deleted_at is not null')).toEqual([])
    })

    it('a hook that removes what refers to the row makes room for its removal', async () => {
      const { query, clerkSync } = await open({ onDelete: 'on delete restrict', removesPosts: true })
      await clerkSync.apply(ada('created', 1_000))
      await query("insert into posts (id, author_id, title) values (1, 'user_1', 'Notes')")
      expect(await clerkSync.apply(ada('deleted', 2_000))).toBe('deleted')
      expect(await query("select id from users where id = 'user_1'")).toEqual([])
    })

    it('a hook that ends its transaction removes no row', async () => {
      const { query, clerkSync } = await open({ onDelete: '', rollsBack: true })
      await clerkSync.apply(ada('created', 1_000))
      await expect(clerkSync.apply(ada('deleted', 2_000))).rejects.toMatchObject({ code: 'hook_failed' })
      expect(await query("select id from users where id = 'user_1'")).toHaveLength(1)
      expect(await query('select * from clerk_events')).toEqual([])
    })

    it('check finds a table of versions that is missing or has another key, and a version that was left in a table', async () => {
      const { query, clerkSync } = await open({ onDelete: '' })
      const errors = async () =>
        (await clerkSync.check()).filter(({ severity }) => severity === 'error').map(({ message }) => message)
      await query("alter table users add clerk_version varchar(34) not null default '0'")
      await query('drop table clerk_versions')
      expect(await errors()).toEqual([
        expect.stringMatching(/^users still has the column clerk_version.*503 while you move the versions/),
        'The table clerk_versions is not in the database. Run your migrations.',
      ])
      await query(
        `create table clerk_versions (table_name varchar(64) not null, id ${ID} primary key, version varchar(20) not null, deleted_at date)`,
      )
      expect(await errors()).toEqual([
        expect.stringMatching(/users still has/),
        expect.stringMatching(/no primary key on table_name and id, by which a version is raised/),
        expect.stringMatching(/is unique on one of table_name and id alone/),
        ...(name === 'SQLite' ? [] : [expect.stringMatching(/version holds 20 characters, and a version has 33/)]),
      ])
    })

    it('a member who left comes back, in every order of arrival', async () => {
      for (const arrival of ARRIVALS) {
        const { query, clerkSync } = await open({ onDelete: '' })
        const events = rejoining()
        const refusals = await deliver(
          clerkSync,
          arrival.map((event) => events[event]),
        )
        expect([arrival, refusals]).toEqual([arrival, []])
        expect(await query('select id from memberships')).toEqual([{ id: 'orgmem_2' }])
      }
    })
  })
}

describe('versions beside, on PostgreSQL alone', () => {
  const url = () => freshDatabase('postgres', 'drizzle_beside_alone')
  const users = { id: ofPg.clerkId().primaryKey(), email: pg.text() }

  function connect(at: string, options = '') {
    const pool = new Pool({ connectionString: at, options })
    onTestFinished(() => pool.end())
    return drizzlePg(pool)
  }
  const versions = ofPg.clerkVersionsTable()

  it('tables of one name in two schemas have a version each', async () => {
    const at = await url()
    const query = rawPostgres(at, onTestFinished)
    await query('create schema crm')
    await query(OWN.join(';').replaceAll('TIME', 'timestamptz(3)'))
    for (const schema of ['public', 'crm'])
      await query(`create table ${schema}.users (id text primary key, email text)`)
    const db = connect(at)
    const both = [
      createClerkSync({ adapter: drizzleAdapter(db, { users: pg.pgTable('users', users), versions }) }),
      createClerkSync({ adapter: drizzleAdapter(db, { users: pg.pgSchema('crm').table('users', users), versions }) }),
    ]
    for (const sync of both) expect(await sync.apply(ada('created', 1_000))).toBe('created')
    expect(await query('select table_name from clerk_versions order by 1')).toEqual([
      { table_name: 'crm.users' },
      { table_name: 'users' },
    ])
    for (const sync of both) expect(await sync.apply(ada('deleted', 2_000))).toBe('deleted')
    expect(await query('select id from public.users union all select id from crm.users')).toEqual([])
  })

  it('check finds a role that may not delete, and a key of the versions whose uniqueness is deferred', async () => {
    const at = await url()
    const query = rawPostgres(at, onTestFinished)
    await query(OWN.join(';').replaceAll('TIME', 'timestamptz(3)'))
    await query('create table users (id text primary key, email text)')
    await query(`do $$ begin create role drizzle_beside_writer; exception when duplicate_object then null; end $$`)
    await query('grant select, insert, update on users, clerk_versions to drizzle_beside_writer')
    const db = connect(at, '-c role=drizzle_beside_writer')
    const { check } = createClerkSync({ adapter: drizzleAdapter(db, { users: pg.pgTable('users', users), versions }) })
    const errors = async () =>
      (await check()).filter(({ severity }) => severity === 'error').map(({ message }) => message)
    expect(await errors()).toEqual([expect.stringMatching(/^users: the role .* lacks privileges.*: grant delete on/)])
    await query('grant delete on users to drizzle_beside_writer')
    expect(await errors()).toEqual([])
    await query('alter table clerk_versions drop constraint clerk_versions_pkey')
    await query('alter table clerk_versions add unique (table_name, id) deferrable')
    expect(await errors()).toEqual([expect.stringMatching(/^clerk_versions has no primary key on table_name and id/)])
  })
})
