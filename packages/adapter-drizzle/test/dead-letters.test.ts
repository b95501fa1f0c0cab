import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type LettersStore, testDeadLetters } from '@clerk-sync/test-support/dead-letters'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createConnection, createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openD1 } from './kit/d1.ts'

const onPg = {
  users: pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), email: pg.text(), ...ofPg.syncColumns() }),
  events: ofPg.clerkEventsTable(),
  deadLetters: ofPg.clerkDeadLettersTable('dead_letters'),
}
const besideOnPg = {
  ...onPg,
  users: pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), email: pg.text() }),
  versions: ofPg.clerkVersionsTable(),
}
const pgEffects = pg.pgTable('effects', { id: pg.text() })

const onMysql = {
  users: my.mysqlTable('users', { id: ofMysql.clerkId().primaryKey(), email: my.text(), ...ofMysql.syncColumns() }),
  events: ofMysql.clerkEventsTable(),
  deadLetters: ofMysql.clerkDeadLettersTable('dead_letters'),
}
const besideOnMysql = {
  ...onMysql,
  users: my.mysqlTable('users', { id: ofMysql.clerkId().primaryKey(), email: my.text() }),
  versions: ofMysql.clerkVersionsTable(),
}
const mysqlEffects = my.mysqlTable('effects', { id: my.text() })

const onSqlite = {
  users: lite.sqliteTable('users', {
    id: ofSqlite.clerkId().primaryKey(),
    email: lite.text(),
    ...ofSqlite.syncColumns(),
  }),
  events: ofSqlite.clerkEventsTable(),
  deadLetters: ofSqlite.clerkDeadLettersTable('dead_letters'),
}
const besideOnSqlite = {
  ...onSqlite,
  users: lite.sqliteTable('users', { id: ofSqlite.clerkId().primaryKey(), email: lite.text() }),
  versions: ofSqlite.clerkVersionsTable(),
}
const sqliteEffects = lite.sqliteTable('effects', { id: lite.text() })

/** @param types - of an id, a long text and a date */
async function create(
  query: LettersStore['query'],
  [id, text, date]: readonly [string, string, string],
  versions: Versions = 'row',
): Promise<void> {
  const sync = versions === 'row' ? `clerk_version varchar(34) not null default '0', deleted_at ${date},` : ''
  await query(`create table users (id ${id} primary key, email varchar(255), ${sync}
    constraint short check (length(email) < 11))`)
  await query(`create table clerk_versions (table_name varchar(64) not null, id ${id} not null,
    version varchar(34) not null, deleted_at ${date}, primary key (table_name, id))`)
  await query(`create table clerk_events (id ${id} primary key, type ${id} not null, entity_id ${id},
    occurred_at ${date} not null, processed_at ${date} not null)`)
  await query(`create table dead_letters (id ${id} primary key, type ${id} not null, entity_id ${id}, code ${id} not null,
    payload ${text} not null, parked_at ${date} not null)`)
  await query(`create table effects (id ${id})`)
}

const POSTGRES = ['text', 'text', 'timestamptz(3)'] as const
const MYSQL = ['varchar(255)', 'mediumtext', 'datetime(3)'] as const
const SQLITE = ['text', 'text', 'integer'] as const

const openPostgres = (versions: Versions) => async (): Promise<LettersStore> => {
  const url = await freshDatabase('postgres', 'drizzle_dead_letters')
  const query = rawPostgres(url, onTestFinished)
  await create(query, POSTGRES, versions)
  return {
    query,
    mend: () => query('alter table users drop constraint short'),
    clerkSync({ hooks }) {
      const pool = new Pool({ connectionString: url, max: 4 })
      onTestFinished(() => pool.end())
      return createClerkSync({
        adapter: drizzleAdapter(drizzlePg(pool), versions === 'row' ? onPg : besideOnPg),
        on: hooks ? { 'user.updated': ({ event, tx }) => tx.insert(pgEffects).values({ id: event.id }) } : undefined,
      })
    },
  }
}

const openMysql = (server: 'mysql' | 'mariadb', versions: Versions) => async (): Promise<LettersStore> => {
  const uri = await freshDatabase(server, 'drizzle_dead_letters')
  const query = rawMysql(uri, onTestFinished)
  await create(query, MYSQL, versions)
  return {
    query,
    mend: () => query('alter table users drop constraint short'),
    clerkSync({ hooks }) {
      const pool = createPool({ uri, connectionLimit: 4 })
      onTestFinished(() => pool.end())
      return createClerkSync({
        adapter: drizzleAdapter(drizzleMysql({ client: pool }), versions === 'row' ? onMysql : besideOnMysql),
        on: hooks ? { 'user.updated': ({ event, tx }) => tx.insert(mysqlEffects).values({ id: event.id }) } : undefined,
      })
    },
  }
}

async function mendSqlite(query: LettersStore['query'], versions: Versions = 'row'): Promise<void> {
  const sync = versions === 'row' ? ", clerk_version text not null default '0', deleted_at integer" : ''
  await query('drop table users')
  await query(`create table users (id text primary key, email text${sync})`)
}

async function openBetterSqlite(): Promise<LettersStore> {
  const { file, query } = rawSqlite(onTestFinished)
  await create(query, SQLITE)
  return {
    query,
    mend: () => mendSqlite(query),
    clerkSync({ hooks }) {
      const connection = new Database(file, { timeout: 5_000 })
      onTestFinished(() => {
        connection.close()
      })
      return createClerkSync({
        adapter: drizzleAdapter(drizzleSqlite(connection), onSqlite),
        on: hooks
          ? { 'user.updated': ({ event, tx }) => tx.insert(sqliteEffects).values({ id: event.id }).run() }
          : undefined,
      })
    },
  }
}

async function openLibsql(): Promise<LettersStore> {
  const { file, query } = rawSqlite(onTestFinished)
  await create(query, SQLITE)
  return {
    query,
    mend: () => mendSqlite(query),
    clerkSync({ hooks }) {
      const client = createClient({ url: `file:${file}`, timeout: 5_000 })
      onTestFinished(() => client.close())
      return createClerkSync({
        adapter: drizzleAdapter(drizzleLibsql(client), onSqlite),
        on: hooks
          ? { 'user.updated': ({ event, tx }) => tx.insert(sqliteEffects).values({ id: event.id }) }
          : undefined,
      })
    },
  }
}

testDeadLetters([
  ['node-postgres', openPostgres('row')],
  ['node-postgres, versions beside', openPostgres('beside')],
  ['MySQL', openMysql('mysql', 'row')],
  ['MySQL, versions beside', openMysql('mysql', 'beside')],
  ['MariaDB', openMysql('mariadb', 'row')],
  ['better-sqlite3', openBetterSqlite],
  ['libsql', openLibsql],
])

/** Hooks get no `tx`, and run at least once. */
const openOriginalD1 = (versions: Versions) => async (): Promise<LettersStore> => {
  const { ask, original, close } = await openD1()
  onTestFinished(close)
  const query = async (sql: string) => ask(sql)
  await create(query, SQLITE, versions)
  const db = drizzleD1(await original())
  return {
    query,
    mend: () => mendSqlite(query, versions),
    clerkSync: ({ hooks }) =>
      createClerkSync({
        adapter: drizzleAdapter(db, versions === 'row' ? onSqlite : besideOnSqlite),
        on: hooks
          ? { 'user.updated': ({ event }) => query(`insert into effects (id) values ('${event.id}')`) }
          : undefined,
      }),
  }
}

testDeadLetters(
  [
    ['D1', openOriginalD1('row')],
    ['D1, versions beside', openOriginalD1('beside')],
  ],
  { exactlyOnce: false },
)

describe.each(['mysql', 'mariadb'] as const)('With a table of dead letters, on %s', (server) => {
  async function open() {
    const uri = await freshDatabase(server, 'drizzle_letters_beside')
    const query = rawMysql(uri, onTestFinished)
    await create(query, MYSQL)
    const pool = createPool({ uri, connectionLimit: 4 })
    onTestFinished(() => pool.end())
    return { uri, query, adapter: drizzleAdapter(drizzleMysql({ client: pool }), onMysql) }
  }

  test('a hook that waits for a row gets it as it is then, and not as it was when the wait began', async () => {
    const { uri, query, adapter } = await open()
    const seen: unknown[] = []
    const clerkSync = createClerkSync({
      adapter,
      on: { 'user.updated': { before: true, run: async ({ before }) => seen.push(before?.email) } },
    })
    const at = Date.now()
    await clerkSync.apply(userEvent('user.created', 'user_1', at, withEmail('a@b.c')))
    const application = await createConnection(uri)
    onTestFinished(() => application.end())
    await application.beginTransaction()
    await application.query("update users set email = 'own@b.c'")
    const applied = clerkSync.apply(userEvent('user.updated', 'user_1', at + 1, withEmail('d@b.c')))
    const isWaiting = async () => {
      const waiting = await query(`select 1 from information_schema.innodb_trx t
        join information_schema.processlist p on p.id = t.trx_mysql_thread_id
        where t.trx_state = 'LOCK WAIT' and p.db = database()`)
      expect(waiting).toHaveLength(1)
    }
    // Asked more often, InnoDB gives its last answer again.
    await vi.waitFor(isWaiting, { timeout: 10_000, interval: 200 })
    await application.commit()
    expect(await applied).toBe('updated')
    expect(seen).toEqual(['own@b.c'])
  })

  test('check says what the table lacks: a key on its id, and room for an event', async () => {
    const { query, adapter } = await open()
    await query('alter table dead_letters drop primary key, modify payload text not null')
    const found = await createClerkSync({ adapter }).check()
    expect(found.filter(({ table }) => table === 'dead_letters')).toEqual([
      { severity: 'error', table: 'dead_letters', column: 'id', message: expect.stringContaining('no primary key') },
      { severity: 'error', table: 'dead_letters', column: 'payload', message: expect.stringContaining('mediumtext') },
    ])
  })
})
