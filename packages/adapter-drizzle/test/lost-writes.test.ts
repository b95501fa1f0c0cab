import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, postgresTables, sqliteTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { testTakenBack } from '@clerk-sync/test-support/taken-back'
import Database from 'better-sqlite3'
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

const created = userEvent('user.created', 'user_1', 1_700_000_000_000)
const updated = userEvent('user.updated', 'user_1', 1_700_000_001_000, { first_name: 'Ada' })

async function openPostgres(role?: string, versions: Versions = 'row') {
  const { url, query } = await postgresTables('drizzle_lost_writes', onTestFinished, versions)
  const pool = new pg.Pool({ connectionString: url, max: 1, ...(role && { options: `-c role=${role}` }) })
  onTestFinished(() => pool.end())
  const { plain } = versions === 'row' ? pgSchema.shapes : pgSchema.besideShapes
  return { sql: query, adapter: drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), plain) }
}

async function openMysql(server: 'mysql' | 'mariadb') {
  const { url, query } = await mysqlTables(server, 'drizzle_lost_writes', onTestFinished)
  const pool = mysql.createPool({ uri: url, connectionLimit: 2 })
  onTestFinished(() => pool.end())
  const db = drizzleMysql({ client: pool, casing: 'snake_case' })
  return { sql: query, adapter: drizzleAdapter(db, mysqlSchema.shapes.plain) }
}

/** Applies an event whose write cannot be known to be stored, and gives the error's message. */
async function refused<R extends Rows, Tx, H, S extends Rows>(
  adapter: SyncAdapter<R, Tx, H, S>,
  event: typeof created,
  hook?: () => void,
): Promise<string> {
  const on = hook && { 'user.created': hook }
  const clerkSync = createClerkSync({ adapter: adapter as unknown as SyncAdapter, ...(on && { on }) })
  const error: unknown = await clerkSync.apply(event).then(
    (outcome) => expect.fail(`it was acknowledged as ${outcome}`),
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'store_failed', status: 503 })
  return (error as Error).message
}

describe('What PostgreSQL does not keep is not acknowledged', () => {
  it.for([
    ['the version', "new.clerk_version := '0'"],
    ['the Clerk id', "new.id := 'user_2'"],
  ])('a trigger changes %s', async ([, change]) => {
    const { sql, adapter } = await openPostgres()
    await sql(`create function change() returns trigger language plpgsql as $$ begin ${change}; return new; end $$`)
    await sql('create trigger change before insert or update on users for each row execute function change()')
    expect(await refused(adapter, created)).toMatch(/users: the database took the write of user_1.*A trigger, a rule/)
  })

  it.for([
    ['deletes the row', 'after insert or update', 'delete from users where id = new.id', 'row'],
    ['changes the version', 'after insert', "update users set clerk_version = '0' where id = new.id", 'row'],
    ['empties the table', 'after insert or update', 'delete from users', 'statement'],
    ['deletes the row, deferred,', '', 'delete from users where id = new.id', 'deferred'],
  ])('a trigger %s after the write', async ([, when, change, kind]) => {
    const { sql, adapter } = await openPostgres()
    await sql(`create function f() returns trigger language plpgsql as $$ begin ${change}; return null; end $$`)
    await sql(
      kind === 'deferred'
        ? 'create constraint trigger t after insert or update on users deferrable initially deferred for each row execute function f()'
        : `create trigger t ${when} on users for each ${kind} execute function f()`,
    )
    const lost = /users: the database took the write of user_1.*A trigger, a rule/
    expect(await refused(adapter, created)).toMatch(lost)
    await sql('truncate users')
    expect(await refused(adapter, created, () => {})).toMatch(lost)
    expect(await sql('select * from events')).toEqual([])
  })

  it('a partitioned table, which says of no row whether it was inserted', async () => {
    const { sql, adapter } = await openPostgres()
    await sql('alter table users rename to one')
    await sql('create table users (like one including all) partition by list (id)')
    await sql('create table users_1 partition of users default')
    await refused(adapter, created)
    await refused(adapter, created, () => {})
    expect(await sql('select id from users union all select id from events')).toEqual([])
  })

  it('a deferred trigger deletes the claim', async () => {
    const { sql, adapter } = await openPostgres()
    await sql(
      'create function f() returns trigger language plpgsql as $$ begin delete from events where id = new.id; return null; end $$',
    )
    await sql(
      'create constraint trigger t after insert on events deferrable initially deferred for each row execute function f()',
    )
    expect(await refused(adapter, created, () => {})).toMatch(/does not have the message/)
    expect(await sql('select * from users')).toEqual([])
  })

  it('a deferred trigger deletes the row, and a function that the hook calls has run it before', async () => {
    const { sql, adapter } = await openPostgres()
    await sql(
      'create function f() returns trigger language plpgsql as $$ begin delete from users where id = new.id; return null; end $$',
    )
    await sql(
      'create constraint trigger t after insert on users deferrable initially deferred for each row execute function f()',
    )
    await sql(
      'create function settle() returns void language plpgsql as $$ begin set constraints all immediate; end $$',
    )
    const hook = ({ tx }: { tx: { execute(query: ReturnType<typeof drizzleSql>): unknown } }) =>
      tx.execute(drizzleSql`select settle()`)
    const clerkSync = createClerkSync({ adapter, on: { 'user.created': hook } })
    await expect(clerkSync.apply(created)).rejects.toThrow(/users: the database took the write of user_1/)
    expect(await sql('select * from events')).toEqual([])
  })

  it('a deferred trigger that asks for what the hook writes finds it, and the hook finds it deferred', async () => {
    const { sql, adapter } = await openPostgres()
    await sql('create table boxes (user_id text)')
    await sql(`create function f() returns trigger language plpgsql as $$ begin
      if not exists (select from boxes where user_id = new.id) then raise exception 'no box'; end if; return null; end $$`)
    await sql(
      'create constraint trigger t after insert on users deferrable initially deferred for each row execute function f()',
    )
    const clerkSync = createClerkSync({
      adapter,
      on: {
        'user.created': async ({ tx }) => {
          await tx.execute(drizzleSql`insert into users (id) values ('user_2')`)
          await tx.execute(drizzleSql`insert into boxes values ('user_1'), ('user_2')`)
        },
      },
    })
    expect(await clerkSync.apply(created)).toBe('created')
    expect(await sql('select id from users order by id')).toEqual([{ id: 'user_1' }, { id: 'user_2' }])
  })

  it('but what a deferred trigger leaves alone is acknowledged, and what a hook deletes itself', async () => {
    const { sql, adapter } = await openPostgres()
    await sql('create function f() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql(
      'create constraint trigger t after insert or update on users deferrable initially deferred for each row execute function f()',
    )
    const clerkSync = createClerkSync({
      adapter,
      on: { 'user.updated': ({ tx }) => tx.execute(drizzleSql`delete from users`) },
    })
    expect(await clerkSync.apply(created)).toBe('created')
    expect(await sql('select id from users')).toEqual([{ id: 'user_1' }])
    expect(await clerkSync.apply(updated)).toBe('updated')
    expect(await sql('select id from users')).toEqual([])
  })

  it('a key that ignores case never takes the row of another user', async () => {
    const { sql, adapter } = await openPostgres()
    await sql(`create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
    await sql('alter table users alter column id type text collate ci')
    await createClerkSync({ adapter }).apply(created)
    const before = await sql('select * from users')
    await refused(adapter, userEvent('user.updated', 'uSER_1', 1_700_000_001_000))
    expect(await sql('select * from users')).toEqual(before)
  })

  it('a rule does nothing instead', async () => {
    const { sql, adapter } = await openPostgres()
    await sql('create rule nothing as on insert to users do instead nothing')
    await refused(adapter, created)
    expect(await adapter.find('user', 'user_1')).toBeUndefined()
  })

  it('a policy hides the row', async () => {
    const role = 'clerk_sync_hidden'
    const { sql, adapter } = await openPostgres(role)
    await sql(`do $$ begin create role ${role}; exception when duplicate_object then end $$`)
    await sql(`grant all on all tables in schema public to ${role}`)
    await sql('alter table users enable row level security')
    await sql(`create policy hidden on users using (id <> 'user_1') with check (true)`)
    await refused(adapter, created)
    expect(await sql('select * from users')).toEqual([])
    // Also where a row is there that is as new, and that nobody but its owner sees.
    await sql(`insert into users (id, clerk_version) values ('user_1', '99999999999999')`)
    await refused(adapter, created)
  })

  it('a partition drops the row', async () => {
    const { sql, adapter } = await openPostgres()
    await sql('alter table users rename to one')
    await sql('create table users (like one including all) partition by list (id)')
    await sql('create table users_1 partition of users default')
    await sql('create function nothing() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql('create trigger nothing before insert on users_1 for each row execute function nothing()')
    await refused(adapter, created)
    expect(await sql('select * from users')).toEqual([])
  })
})

const deleted = userEvent('user.deleted', 'user_1', 1_700_000_002_000)

testTakenBack(() => openPostgres(undefined, 'beside'))

describe('What PostgreSQL does not keep is not acknowledged with the version beside it', () => {
  it('a trigger of a partition deletes the row after the write', async () => {
    const { sql, adapter } = await openPostgres(undefined, 'beside')
    await sql('alter table users rename to one')
    await sql('create table users (like one including all) partition by list (id)')
    await sql('create table users_1 partition of users default')
    await sql(
      'create function f() returns trigger language plpgsql as $$ begin delete from users where id = new.id; return null; end $$',
    )
    await sql('create trigger t after insert on users_1 for each row execute function f()')
    await refused(adapter, created)
    await refused(adapter, created)
    expect(await sql('select * from versions')).toEqual([])
  })

  it('but what a trigger leaves alone is acknowledged, and counted right in a batch', async () => {
    const { sql, adapter } = await openPostgres(undefined, 'beside')
    await sql('create function f() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql(
      'create constraint trigger t after insert or update or delete on users deferrable initially deferred for each row execute function f()',
    )
    const { apply } = createClerkSync({
      adapter,
      on: { 'user.updated': ({ tx }) => tx.execute(drizzleSql`delete from users`) },
    })
    expect(await apply(created)).toBe('created')
    expect(await apply(updated)).toBe('updated')
    expect(await sql('select id from users')).toEqual([])
    expect(await apply(updated)).toBe('duplicate')
    expect(await apply(deleted)).toBe('deleted')
  })

  it('a row that the application has deleted since is not missed by a trigger of the ledger', async () => {
    const { sql, adapter } = await openPostgres(undefined, 'beside')
    const { apply } = createClerkSync({ adapter, on: { 'user.created': () => {} } })
    await sql('create function f() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql(
      'create constraint trigger t after insert on events deferrable initially deferred for each row execute function f()',
    )
    expect(await apply(created)).toBe('created')
    await sql('delete from users')
    await sql('delete from events')
    expect(await apply(created)).toBe('already_deleted')
    expect(await apply(created)).toBe('duplicate')
  })

  it.for([
    ['created', created],
    ['deleted', deleted],
  ] as const)('a key that ignores case never takes the row of another user that is %s', async ([, { type }]) => {
    const { sql, adapter } = await openPostgres(undefined, 'beside')
    await sql(`create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
    await sql('alter table users alter column id type text collate ci')
    await createClerkSync({ adapter }).apply(created)
    const before = await sql('select * from users')
    if (type === 'user.created') {
      await refused(adapter, userEvent('user.updated', 'uSER_1', 1_700_000_001_000, { first_name: 'Eve' }))
    } else {
      await createClerkSync({ adapter }).apply(userEvent('user.deleted', 'uSER_1', 1_700_000_001_000))
    }
    expect(await sql('select * from users')).toEqual(before)
  })
})

describe.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('What %s does not keep is not acknowledged', ([, server]) => {
  it.for([
    ['the version', "new.clerk_version = '0'"],
    ['the Clerk id', "new.id = 'user_2'"],
  ])('a trigger changes %s of a new row', async ([, change]) => {
    const { sql, adapter } = await openMysql(server)
    await sql(`create trigger changed before insert on users for each row set ${change}`)
    expect(await refused(adapter, created)).toMatch(/users: the database took the write of user_1.*A trigger, a rule/)
  })

  it('a trigger keeps the version of a row', async () => {
    const { sql, adapter } = await openMysql(server)
    await createClerkSync({ adapter: adapter as SyncAdapter }).apply(created)
    await sql('create trigger kept before update on users for each row set new.clerk_version = old.clerk_version')
    expect(await refused(adapter, updated)).toMatch(/the row is as old as before/)
  })
})

it('What SQLite writes into a view is not acknowledged', async () => {
  const { file, query } = await sqliteTables(onTestFinished)
  const database = new Database(file)
  onTestFinished(() => {
    database.close()
  })
  await query('alter table users rename to hidden')
  await query('create view users as select * from hidden')
  await query('create trigger diverted instead of insert on users begin select 1; end')
  const adapter = drizzleAdapter(drizzleSqlite(database, { casing: 'snake_case' }), sqliteSchema.shapes.plain)
  await refused(adapter, created)
  expect(await query('select * from hidden')).toEqual([])
})
