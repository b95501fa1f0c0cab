// In a transaction, what comes before the hook has a name as well: what is refused for it is run again, from its start.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { startPgBouncer } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'

const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
const emailAddresses = pgTable(
  'email_addresses',
  { userId: clerkId('user_id').notNull(), id: clerkId().notNull(), emailAddress: text('email_address') },
  ({ userId, id }) => [primaryKey({ columns: [userId, id] })],
)
const welcomes = pgTable('welcomes', { userId: clerkId('user_id').notNull() })
const events = clerkEventsTable()

const CREATE = `
  create table users (id text primary key, email text, clerk_version varchar(34) not null default '0',
    deleted_at timestamptz(3));
  create table email_addresses (user_id text references users, id text, email_address text, primary key (user_id, id));
  create table welcomes (user_id text not null);
  create table clerk_events (id text primary key, type text not null, entity_id text not null,
    occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null default now())`

async function database() {
  const url = await freshDatabase('postgres', 'drizzle_names_in_transactions')
  const raw = new pg.Pool({ connectionString: url, max: 1 })
  onTestFinished(() => raw.end())
  await raw.query(CREATE)
  const poolAt = (connectionString: string, max: number) => {
    const pool = new pg.Pool({ connectionString, max })
    onTestFinished(() => pool.end())
    return pool
  }
  const count = async (table: string) => (await raw.query(`select 1 from ${table}`)).rowCount
  return { url, raw, poolAt, count }
}

let runs = 0
const withHook = (pool: pg.Pool) =>
  createClerkSync({
    adapter: drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), { users, events }),
    on: {
      'user.created': async ({ event, tx }) => {
        runs++
        await tx.insert(welcomes).values({ userId: event.data.id })
      },
    },
  })
const created = (id: string) => userEvent('user.created', id, 1_760_000_000_000)

it('the claim and the write have names, and what the hook sends has none', async () => {
  const { url, poolAt } = await database()
  const pool = poolAt(url, 1)
  expect(await withHook(pool).apply(created('user_1'))).toBe('created')
  const { rows } = await pool.query<{ statement: string }>('select statement from pg_prepared_statements')
  const into = rows.map(({ statement }) => /insert into "(\w+)"/.exec(statement)?.[1])
  expect(into.sort()).toEqual(['clerk_events', 'users'])
})

it.for(['users', 'clerk_events'])(
  'for other columns of %s they are sent anew, and the hook runs once',
  async (table) => {
    const { url, raw, poolAt, count } = await database()
    const clerkSync = withHook(poolAt(url, 1))
    runs = 0
    expect(await clerkSync.apply(created('user_1'))).toBe('created')
    await raw.query(`alter table ${table} alter column id type varchar(64)`)
    expect(await clerkSync.apply(created('user_2'))).toBe('created')
    expect(await clerkSync.apply(created('user_3'))).toBe('created')
    expect(runs).toBe(3)
    expect(await Promise.all(['users', 'clerk_events', 'welcomes'].map(count))).toEqual([3, 3, 3])
  },
)

it('without a hook, a user with parts is written anew as well', async () => {
  const { url, raw, poolAt, count } = await database()
  const db = drizzle(poolAt(url, 1), { casing: 'snake_case' })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, emailAddresses }) })
  expect(await clerkSync.apply(created('user_1'))).toBe('created')
  await raw.query('alter table users alter column id type varchar(64)')
  expect(await clerkSync.apply(created('user_2'))).toBe('created')
  expect(await clerkSync.apply(created('user_3'))).toBe('created')
  expect(await count('users')).toBe(3)
})

it('behind a pooler of transactions that loses them, what is answered is in the database', async () => {
  const { url, poolAt, count } = await database()
  const bouncer = await startPgBouncer({ target: url })
  onTestFinished(() => bouncer.close())
  const clerkSync = withHook(poolAt(bouncer.url, 6))
  runs = 0
  const sent = Array.from({ length: 60 }, (_, n) => created(`user_${n}`))
  expect(await Promise.all(sent.map((event) => clerkSync.apply(event)))).toEqual(sent.map(() => 'created'))
  expect(runs).toBe(60)
  expect(await Promise.all(['users', 'clerk_events', 'welcomes'].map(count))).toEqual([60, 60, 60])
})
