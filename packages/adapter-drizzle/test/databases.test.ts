import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { pgTable, text, withReplicas } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'

// What applications pass for a database, and what their tables are called.

const at = 1_760_000_000_000
const DDL = (table: string) => `create table ${table} (id text primary key, "firstName" text,
  clerk_version text not null default '0', deleted_at timestamptz(3))`
const users = pgTable('users', { id: clerkId().primaryKey(), firstName: text(), ...syncColumns() })
const events = clerkEventsTable()

async function open(name: string) {
  const connectionString = await freshDatabase('postgres', name)
  // One connection: who takes a second one waits for ever.
  const pool = new pg.Pool({ connectionString, max: 1 })
  onTestFinished(() => pool.end())
  await pool.query(DDL('users'))
  await pool.query(`create table clerk_events (id text primary key, type text not null, entity_id text,
    occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)
  return { pool, connectionString }
}

const proxies: [string, (make: () => NodePgDatabase) => NodePgDatabase][] = [
  ['by Reflect', (make) => new Proxy({} as NodePgDatabase, { get: (_, name) => Reflect.get(make(), name) })],
  [
    'with bound methods',
    (make) =>
      new Proxy({} as NodePgDatabase, {
        get(_, name) {
          const value: unknown = Reflect.get(make(), name)
          return typeof value === 'function' ? value.bind(make()) : value
        },
      }),
  ],
]

describe.each(proxies)('A database that a Proxy makes when it is first used, %s', (_, proxied) => {
  it('takes writes, hooks with their transaction, reads and check()', async () => {
    const { pool } = await open('drizzle_databases')
    let made: NodePgDatabase | undefined
    const db = proxied(() => {
      made ??= drizzle(pool)
      return made
    })
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, { users, events }),
      on: { 'user.updated': ({ tx }) => tx.execute(sql`update users set "firstName" = 'by the hook'` as SQL) },
    })
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1, { first_name: 'Bea' }))).toBe('updated')
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ row: { firstName: 'by the hook' }, deleted: false })
    expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
    expect((await pool.query('select count(*)::int as n from clerk_events')).rows).toEqual([{ n: 1 }])
  })
})

it.each<[string, (db: NodePgDatabase) => NodePgDatabase]>([
  ['a copy of its parts', (db) => ({ ...db }) as NodePgDatabase],
  [
    'a Proxy that has a constructor of its own',
    (db) => new Proxy({} as NodePgDatabase, { get: (own, name) => Reflect.get(name in own ? own : db, name) }),
  ],
])('%s is refused, with what to do', async (_, wrapped) => {
  const { pool } = await open('drizzle_databases')
  expect(() => drizzleAdapter(wrapped(drizzle(pool)), { users })).toThrow(/a copy or a Proxy may hide/)
})

it('withReplicas: writes, and reads of what was just written, go to the primary', async () => {
  const { pool } = await open('drizzle_databases')
  // A replica that has nothing yet.
  const behind = await open('drizzle_replica')
  const db = withReplicas(drizzle(pool), [drizzle(behind.pool)])
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, { users, events }),
    on: { 'user.created': async () => {} },
  })
  expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))).toBe('created')
  expect(await clerkSync.find('user', 'user_1')).toMatchObject({ row: { firstName: 'Ada' } })
  expect((await pool.query('select "firstName" from users')).rows).toEqual([{ firstName: 'Ada' }])
  expect((await behind.pool.query('select * from users')).rows).toEqual([])
})

it.each(['x from y', 'a"b', 'select "id" from "t"'])('a table called %s', async (name) => {
  const { pool } = await open('drizzle_databases')
  await pool.query(DDL(`"${name.replaceAll('"', '""')}"`))
  const table = pgTable(name, { id: clerkId().primaryKey(), firstName: text(), ...syncColumns() })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzle(pool), { users: table }) })
  expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))).toBe('created')
  expect(await clerkSync.find('user', 'user_1')).toMatchObject({ row: { firstName: 'Ada' } })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
})

describe('postgres.js with transform', () => {
  it('is refused at set-up where it changes results, with the fix', async () => {
    const { connectionString } = await open('drizzle_databases')
    for (const transform of [postgres.camel, postgres.toPascal, { value: { from: String } }]) {
      const client = postgres(connectionString, {
        transform: typeof transform === 'function' ? { column: { from: transform } } : transform,
      })
      onTestFinished(() => client.end())
      expect(() => drizzleAdapter(drizzlePostgresJs(client), { users })).toThrow(/transform.*casing: 'snake_case'/)
    }
  })

  it('is taken where it is for undefined alone', async () => {
    const { connectionString } = await open('drizzle_databases')
    const client = postgres(connectionString, { transform: { undefined: null }, max: 1 })
    onTestFinished(() => client.end())
    const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzlePostgresJs(client), { users }) })
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))).toBe('created')
  })
})

describe('A column that the database generates', () => {
  const generated = pgTable('generated', {
    id: clerkId().primaryKey(),
    firstName: text(),
    fullName: text().generatedAlwaysAs(sql`"firstName" || '!'`),
    ...syncColumns(),
  })

  it('is skipped by the default map and by a record that is spread, and is an error in a map that names it', async () => {
    const { pool } = await open('drizzle_databases')
    await pool.query(`create table generated (id text primary key, "firstName" text,
      "fullName" text generated always as ("firstName" || '!') stored, clerk_version text not null default '0', deleted_at timestamptz(3))`)
    const adapter = drizzleAdapter(drizzle(pool), { users: generated })
    const data = { first_name: 'Ada', last_name: 'Lovelace' }
    await createClerkSync({ adapter }).apply(userEvent('user.created', 'user_1', at, data))
    const spreading = createClerkSync({ adapter, map: { user: (_, record) => ({ ...record }) } })
    await spreading.apply(userEvent('user.created', 'user_2', at, data))
    const { rows } = await pool.query('select "fullName" from generated')
    expect(rows).toEqual([{ fullName: 'Ada!' }, { fullName: 'Ada!' }])
    const naming = { user: () => ({ firstName: 'Ada', fullName: 'Ada Lovelace' }) }
    expect(() => createClerkSync({ adapter, map: naming as never })).toThrow(
      /^map\.user returns "fullName", and generated\.fullName is generated by the database/,
    )
  })
})

it('a role that row-level security lets write nothing: the error says so, and how to mend it', async () => {
  const { pool, connectionString } = await open('drizzle_databases')
  await pool.query('alter table users enable row level security')
  await pool.query(`do $$ begin create role clerk_sync_reader; exception when duplicate_object then null; end $$`)
  await pool.query('grant select, insert, update on users to clerk_sync_reader')
  const restricted = new pg.Pool({ connectionString, max: 1, options: '-c role=clerk_sync_reader' })
  onTestFinished(() => restricted.end())
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzle(restricted), { users }) })
  const event = userEvent('user.created', 'user_1', at, { first_name: 'Ada' })
  const refused = {
    code: 'store_failed',
    message: expect.stringMatching(/row-level security.*add a policy.*bypassrls/),
  }
  await expect(clerkSync.apply(event)).rejects.toMatchObject(refused)
  await pool.query('revoke insert on users from clerk_sync_reader')
  await expect(clerkSync.apply(event)).rejects.toMatchObject({
    ...refused,
    message: expect.stringMatching(/Grant select, insert and update/),
  })
})
