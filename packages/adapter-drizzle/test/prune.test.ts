// What foreign keys do to the rows that prune removes.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

const DAY_MS = 86_400_000
const ID = 'varchar(255)'

interface Application {
  readonly clerkSync: ClerkSync
  readonly query: Query
}

async function create(query: Query, onDelete: string, time: string): Promise<void> {
  await query(
    `create table users (id ${ID} primary key, email ${ID}, clerk_version varchar(34) not null default '0', deleted_at ${time})`,
  )
  await query(
    `create table posts (id integer primary key, author_id ${ID}, foreign key (author_id) references users (id) ${onDelete})`,
  )
  await query(
    `create table clerk_events (id ${ID} primary key, type ${ID} not null, entity_id ${ID}, occurred_at ${time} not null, processed_at ${time} not null)`,
  )
}

const open: Readonly<Record<string, (onDelete: string) => Promise<Application>>> = {
  async PostgreSQL(onDelete) {
    const url = await freshDatabase('postgres', 'drizzle_prune')
    const query = rawPostgres(url, onTestFinished)
    await create(query, onDelete, 'timestamptz(3)')
    const pool = new Pool({ connectionString: url })
    onTestFinished(() => pool.end())
    const users = pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), email: pg.text(), ...ofPg.syncColumns() })
    return {
      query,
      clerkSync: createClerkSync({
        adapter: drizzleAdapter(drizzlePg(pool), { users, events: ofPg.clerkEventsTable() }),
      }),
    }
  },
  async MySQL(onDelete) {
    const url = await freshDatabase('mysql', 'drizzle_prune')
    const query = rawMysql(url, onTestFinished)
    await create(query, onDelete, 'datetime(3)')
    const pool = createPool(url)
    onTestFinished(() => pool.end())
    const users = my.mysqlTable('users', {
      id: ofMysql.clerkId().primaryKey(),
      email: my.varchar({ length: 255 }),
      ...ofMysql.syncColumns(),
    })
    return {
      query,
      clerkSync: createClerkSync({
        adapter: drizzleAdapter(drizzleMysql(pool), { users, events: ofMysql.clerkEventsTable() }),
      }),
    }
  },
  async SQLite(onDelete) {
    const { file, query } = rawSqlite(onTestFinished)
    const connection = new Database(file)
    onTestFinished(() => void connection.close())
    await create(query, onDelete, 'integer')
    const users = lite.sqliteTable('users', {
      id: ofSqlite.clerkId().primaryKey(),
      email: lite.text(),
      ...ofSqlite.syncColumns(),
    })
    return {
      query,
      clerkSync: createClerkSync({
        adapter: drizzleAdapter(drizzleSqlite(connection), { users, events: ofSqlite.clerkEventsTable() }),
      }),
    }
  },
}

/** Six users whose deletes are a year old, and posts of two of them. */
async function deletedUsers({ clerkSync, query }: Application): Promise<void> {
  const at = Date.now() - 365 * DAY_MS
  for (let n = 0; n < 6; n++) {
    await clerkSync.apply(userEvent('user.created', `user_${n}`, at))
    await clerkSync.apply(userEvent('user.deleted', `user_${n}`, at + 1000))
  }
  await query("insert into posts (id, author_id) values (1, 'user_1'), (2, 'user_4'), (3, null)")
}

const olderThan = new Date(Date.now() - 100 * DAY_MS)

describe.each(Object.keys(open))('What prune removes: %s', (database) => {
  const setUp = async (onDelete: string) => {
    const application = await open[database]?.(onDelete)
    if (!application) throw new Error(`There is no ${database}.`)
    await deletedUsers(application)
    return application
  }
  const ids = async (query: Query, table: string) =>
    (await query(`select id from ${table} order by id`)).map(({ id }) => id)

  it.each(['on delete restrict', ''])('one that a foreign key holds stays, and the others go: %s', async (onDelete) => {
    const { clerkSync, query } = await setUp(onDelete)
    expect(await clerkSync.prune({ olderThan, deletedRows: ['user'], dryRun: true })).toMatchObject({
      tombstones: { user: 6 },
    })
    const result = await clerkSync.prune({ olderThan, deletedRows: ['user'] })
    expect(result.tombstones).toEqual({ user: 4 })
    expect(result.failures).toMatchObject([
      { entity: 'user', table: 'users', rows: 2, error: { code: 'reference_held' } },
    ])
    expect(result.failures[0]?.error.message).toMatch(/^users keeps the deleted row of user_1: .* still refers to it/)
    expect(await ids(query, 'users')).toEqual(['user_1', 'user_4'])
    expect(await ids(query, 'posts')).toEqual([1, 2, 3])
  })

  it('a foreign key that cascades takes the rows along that refer to it', async () => {
    const { clerkSync, query } = await setUp('on delete cascade')
    expect(await clerkSync.prune({ olderThan, deletedRows: ['user'] })).toMatchObject({
      tombstones: { user: 6 },
      failures: [],
    })
    expect([await ids(query, 'users'), await ids(query, 'posts')]).toEqual([[], [3]])
  })

  it('a long ledger goes in several statements, and what is younger stays', async () => {
    const { clerkSync, query } = await setUp('')
    const time = (days: number) => {
      const at = new Date(Date.now() - days * DAY_MS)
      return database === 'SQLite' ? `${at.getTime()}` : `'${at.toISOString().slice(0, -1).replace('T', ' ')}'`
    }
    const old = Array.from({ length: 1201 }, (_, n) => `('msg_${n}', 'user.created', null, ${time(101)}, ${time(101)})`)
    await query(
      `insert into clerk_events values ${old.join(', ')}, ('msg_young', 'user.created', null, ${time(101)}, ${time(1)})`,
    )
    expect(await clerkSync.prune({ olderThan, dryRun: true })).toMatchObject({ events: 1201 })
    expect(await clerkSync.prune({ olderThan })).toMatchObject({ events: 1201, tombstones: {} })
    expect(await ids(query, 'clerk_events')).toEqual(['msg_young'])
    expect(await ids(query, 'users')).toHaveLength(6)
  })
})
