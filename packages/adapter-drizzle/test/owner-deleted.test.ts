// Foreign keys between synced tables whose deletes delete: what an application could have, beside what the kit proves.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { event, userEvent } from '@clerk-sync/test-support/events'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { deliver } from '@clerk-sync/test-support/rejoining'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'

const AT = 1_760_000_000_000
const OWN = [
  `create table clerk_versions (table_name text not null, id text not null, version text not null,
    deleted_at timestamptz(3), primary key (table_name, id))`,
  `create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at timestamptz(3) not null,
    processed_at timestamptz(3) not null)`,
]

const users = pgTable('users', { id: clerkId().primaryKey(), name: text() })
const organizations = pgTable('organizations', {
  id: clerkId().primaryKey(),
  name: text(),
  createdBy: text('created_by'),
})
const columns = {
  id: clerkId().primaryKey(),
  userId: text('user_id'),
  organizationId: text('organization_id').notNull(),
  role: text(),
}
const organizationMemberships = pgTable('memberships', columns)
const own = { versions: clerkVersionsTable(), events: clerkEventsTable() }

/** A database with these tables, and a connection past the adapter. */
async function open(...tables: readonly string[]) {
  const connectionString = await freshDatabase('postgres', 'drizzle_owner_deleted')
  const query = rawPostgres(connectionString, onTestFinished)
  for (const statement of [...OWN, ...tables]) await query(statement)
  const pool = new Pool({ connectionString, max: 4 })
  onTestFinished(() => pool.end())
  return { db: drizzle(pool), query }
}

const user = (type: 'created' | 'deleted', at: number) => userEvent(`user.${type}`, 'user_1', AT + at)
const organization = (at: number) =>
  event('organization.created', AT + at, {
    object: 'organization',
    id: 'org_1',
    name: 'Engines',
    created_by: 'user_1',
    updated_at: AT + at,
  })
const membership = (type: 'created' | 'updated' | 'deleted', at: number, of = 'user_1') =>
  event(`organizationMembership.${type}`, AT + at, {
    object: 'organization_membership',
    id: 'orgmem_1',
    role: 'org:member',
    permissions: [],
    public_metadata: {},
    organization: { object: 'organization', id: 'org_1', name: 'Engines', slug: null },
    public_user_data: { user_id: of, identifier: 'ada@example.com' },
    created_at: AT,
    updated_at: AT + at,
  })

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => ordersOf(items.filter((other) => other !== item)).map((order) => [item, ...order]))
}

const typesOf = (events: readonly ClerkEvent[]) => events.map(({ type }) => type).join(', ')

it('an organization that goes with its creator takes its members along, in every order', async () => {
  const { db, query } = await open(
    'create table users (id text primary key, name text)',
    'create table organizations (id text primary key, name text, created_by text not null references users on delete cascade)',
    `create table memberships (id text primary key, user_id text, role text,
      organization_id text not null references organizations on delete cascade)`,
  )
  const adapter = drizzleAdapter(db, { users, organizations, organizationMemberships, ...own })
  for (const hooks of [false, true]) {
    const ran: string[] = []
    const hook = ({ event }: { event: ClerkEvent }) => void ran.push(event.id)
    const on = hooks ? { 'organization.created': hook, 'organizationMembership.created': hook } : {}
    const clerkSync = createClerkSync({ adapter, on })
    const all = [user('created', 1), organization(2), membership('created', 3, 'user_2'), user('deleted', 4)]
    for (const order of ordersOf(all)) {
      for (const table of ['users', 'clerk_versions', 'clerk_events']) await query(`delete from ${table}`)
      ran.length = 0
      expect([typesOf(order), await deliver(clerkSync, order)]).toEqual([typesOf(order), []])
      const left = 'select id from users union all select id from organizations union all select id from memberships'
      expect([typesOf(order), await query(left)]).toEqual([typesOf(order), []])
      // Nothing that comes once more brings anything back.
      for (const one of order) await clerkSync.apply({ ...one, id: `${one.id}_again` })
      expect([typesOf(order), await query(left)]).toEqual([typesOf(order), []])
      if (hooks) expect(new Set(ran).size).toBe(4)
    }
  }
})

it('a table with its versions in its rows may refer to one with its versions beside, in every order', async () => {
  const { db, query } = await open(
    'create table users (id text primary key, name text)',
    `create table memberships (id text primary key, role text, organization_id text not null,
      user_id text references users on delete cascade, clerk_version text not null default '0', deleted_at timestamptz(3))`,
  )
  const inRow = pgTable('memberships', { ...columns, ...syncColumns() })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, organizationMemberships: inRow, ...own }) })
  await clerkSync.apply(userEvent('user.created', 'user_2', AT))
  // Somebody else's at first: its row is there when it comes to refer to a removed user.
  const [first, second] = [membership('created', 2, 'user_2'), membership('updated', 3)]
  const all = [user('created', 1), first, second, user('deleted', 4)]
  // Its version goes with its row, by whichever way: an older event that comes after both would find none.
  for (const order of ordersOf(all).filter((some) => some.indexOf(first) < some.indexOf(second))) {
    await query("delete from users where id = 'user_1'")
    await query("delete from clerk_versions where id = 'user_1'")
    expect([typesOf(order), await deliver(clerkSync, order)]).toEqual([typesOf(order), []])
    expect([typesOf(order), await query('select user_id from memberships')]).toEqual([typesOf(order), []])
  }
  expect(await clerkSync.apply(second)).toBe('owner_deleted')
  expect(await query('select id from memberships')).toEqual([])

  // A tombstone that keeps what it refers to has no place either.
  await query('alter table memberships alter user_id set not null')
  const required = pgTable('memberships', { ...columns, ...syncColumns(), userId: text('user_id').notNull() })
  const strict = createClerkSync({ adapter: drizzleAdapter(db, { users, organizationMemberships: required, ...own }) })
  expect(await strict.apply(membership('deleted', 5))).toBe('deleted')
  expect(await query('select id from memberships')).toEqual([])
})

it('a key that sets NULL in a column that is NOT NULL holds the removal, and its event alone leaves no row', async () => {
  const { db, query } = await open(
    'create table users (id text primary key, name text)',
    `create table memberships (id text primary key, role text, organization_id text not null,
      user_id text not null references users on delete set null)`,
  )
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, organizationMemberships, ...own }) })
  await clerkSync.apply(user('created', 1))
  await clerkSync.apply(membership('created', 2))
  const gone = user('deleted', 4)
  await expect(clerkSync.apply(gone)).rejects.toMatchObject({ code: 'reference_held', status: 503 })
  expect(await clerkSync.apply(membership('deleted', 3))).toBe('deleted')
  expect(await clerkSync.apply(gone)).toBe('deleted')
  await query("delete from clerk_versions where table_name = 'memberships'")
  expect(await clerkSync.apply(membership('created', 2))).toBe('owner_deleted')
  expect(await query('select id from memberships')).toEqual([])
})

it('a key that sets a default, one of two columns, and one to a column of the application are waited for as before', async () => {
  const { db } = await open(
    'create table users (id text primary key, name text, kind text, unique (id, kind))',
    `create table memberships (id text primary key, role text, organization_id text not null,
      user_id text default 'nobody' references users on delete set default)`,
  )
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, organizationMemberships, ...own }) })
  await clerkSync.apply(user('deleted', 4))
  await expect(clerkSync.apply(membership('created', 2))).rejects.toMatchObject({ code: 'reference_missing' })
})

it('a reference to somebody who has not come yet is waited for, and one to whom the application deleted is not', async () => {
  const { db, query } = await open(
    'create table users (id text primary key, name text)',
    `create table memberships (id text primary key, role text, organization_id text not null,
      user_id text references users on delete cascade)`,
  )
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, organizationMemberships, ...own }) })
  await expect(clerkSync.apply(membership('created', 2))).rejects.toMatchObject({ code: 'reference_missing' })
  await clerkSync.apply(user('created', 1))
  await query('delete from users')
  expect(await clerkSync.apply(membership('created', 2))).toBe('owner_deleted')
})

it('a deferred key acts alike, with a hook and without', async () => {
  for (const hooks of [false, true]) {
    const { db, query } = await open(
      'create table users (id text primary key, name text)',
      `create table memberships (id text primary key, role text, organization_id text not null,
        user_id text references users on delete cascade deferrable initially deferred)`,
    )
    const adapter = drizzleAdapter(db, { users, organizationMemberships, ...own })
    const outcomes: string[] = []
    const clerkSync = createClerkSync({
      adapter,
      on: hooks ? { 'organizationMembership.created': ({ outcome }) => void outcomes.push(outcome) } : {},
    })
    await clerkSync.apply(user('deleted', 4))
    expect(await clerkSync.apply(membership('created', 2))).toBe('owner_deleted')
    // The first one's transaction was undone at its commit.
    if (hooks) expect(outcomes).toEqual(['created', 'owner_deleted'])
    expect(await query('select id from memberships')).toEqual([])
  }
})

it('a division by zero of the application’s own is refused as such, and is no lost write', async () => {
  const numbered = pgTable('users', { id: clerkId().primaryKey(), name: text(), score: integer() })
  const { db, query } = await open(
    `create table users (id text primary key, name text, score int not null default 7,
      share int generated always as (100 / length(name)) stored)`,
  )
  const named = (name: string) => userEvent('user.created', 'user_1', AT, { first_name: name })
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, { users: numbered, ...own }),
    map: { user: (_, { firstName }) => ({ name: firstName ?? '' }) },
  })
  await expect(clerkSync.apply(named(''))).rejects.toMatchObject({
    code: 'value_refused',
    message: expect.not.stringMatching(/without an error/),
  })
  await query(`create function divide() returns trigger language plpgsql as $$
    begin new.score := 1 / (length(new.name) - 3); return new; end $$`)
  await query('create trigger divide before insert on users for each row execute function divide()')
  await expect(clerkSync.apply(named('Ada'))).rejects.toMatchObject({ code: 'value_refused' })
  expect(await query('select id from clerk_versions')).toEqual([])
  expect(await clerkSync.apply(named('Adele'))).toBe('created')
})
