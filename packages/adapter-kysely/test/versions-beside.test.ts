// An application that was there before: its tables are not altered, and its rows are deleted when Clerk deletes a user.
import {
  type CamelCased,
  type ClerkEventsTable,
  type ClerkVersionsTable,
  kyselyAdapter,
  liveMembership,
} from '@clerk-sync/adapter-kysely'
import {
  clerkEventsMigration,
  clerkId,
  clerkVersionsMigration,
  liveRowsMigration,
} from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { CamelCasePlugin, Kysely, sql, type Transaction } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openPostgres, type Store, stores } from './kit/stores.ts'

interface Database {
  users: { id: string; email: string; name: string | null }
  posts: { id: number; author_id: string }
  memberships: { id: string; user_id: string; organization_id: string }
  organizations: { id: string }
  clerk_versions: ClerkVersionsTable<Date | number>
  clerk_events: ClerkEventsTable<Date | number>
}

type OnDelete = 'cascade' | 'restrict'

async function createTables(db: Kysely<Database>, onDelete: OnDelete): Promise<void> {
  const id = clerkId(db)
  const text = 'varchar(255)'
  await db.schema
    .createTable('users')
    .addColumn('id', id, (column) => column.primaryKey())
    .addColumn('email', text, (column) => column.notNull().unique())
    .addColumn('name', text)
    .execute()
  await db.schema
    .createTable('posts')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('author_id', id, (column) => column.notNull())
    .addForeignKeyConstraint('posts_author', ['author_id'], 'users', ['id'], (key) => key.onDelete(onDelete))
    .execute()
  await db.schema
    .createTable('organizations')
    .addColumn('id', id, (column) => column.primaryKey())
    .execute()
  await db.schema
    .createTable('memberships')
    .addColumn('id', id, (column) => column.primaryKey())
    .addColumn('user_id', id, (column) => column.notNull())
    .addColumn('organization_id', id, (column) => column.notNull())
    .addUniqueConstraint('once', ['user_id', 'organization_id'])
    .execute()
}

async function open(
  store: (suite: string) => Promise<Store>,
  onDelete: OnDelete = 'cascade',
  /** What the hook of a delete does; it looks in any case. */
  onRemoval: (tx: Transaction<Database>) => unknown = () => {},
) {
  const { dialect, rows } = await store('kysely_beside')
  const db = new Kysely<Database>({ dialect })
  await createTables(db, onDelete)
  await rows("insert into users (id, email, name) values ('user_0', 'old@example.com', 'from before')")
  await clerkVersionsMigration().up(db)
  await clerkEventsMigration().up(db)
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: kyselyAdapter(db, {
      users: { table: 'users', columns: ['email', 'name'] },
      organizationMemberships: { table: 'memberships', columns: ['user_id', 'organization_id'] },
      versions: 'clerk_versions',
      events: 'clerk_events',
    }),
    map: { user: (_, record) => ({ email: record.email ?? '', name: record.firstName }) },
    on: {
      'user.deleted': {
        before: true,
        run: async ({ tx, before }) => {
          seen.push(before?.email, (await tx.selectFrom('posts').selectAll().execute()).length)
          await onRemoval(tx)
        },
      },
    },
  })
  return { db, rows, clerkSync, seen }
}

const ada = (type: 'created' | 'updated' | 'deleted', at: number, address = 'ada@example.com') =>
  userEvent(`user.${type}`, 'user_1', at, withEmail(address))
const POST = "insert into posts (id, author_id) values (1, 'user_1')"

describe.for(stores)('Versions beside the tables of an application, %s', ([name, store]) => {
  it('a deleted user is gone with what cascades, stays gone, and gives the e-mail back', async () => {
    const { rows, clerkSync, seen } = await open(store)
    expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
    expect(await clerkSync.apply(ada('created', 1_000))).toBe('created')
    await rows(POST)
    expect(await clerkSync.apply(ada('deleted', 3_000))).toBe('deleted')
    expect(seen).toEqual(['ada@example.com', 1])
    expect(await rows('select * from posts')).toEqual([])
    expect(await clerkSync.apply(ada('updated', 2_000, 'late@example.com'))).toBe('already_deleted')
    const again = userEvent('user.created', 'user_2', 4_000, withEmail('ada@example.com'))
    expect(await clerkSync.apply(again)).toBe('created')
    expect(await rows('select id, email from users order by id')).toEqual([
      { id: 'user_0', email: 'old@example.com' },
      { id: 'user_2', email: 'ada@example.com' },
    ])
    const tombstones = await rows('select table_name, id from clerk_versions where deleted_at is not null')
    expect(tombstones).toEqual([{ table_name: 'users', id: 'user_1' }])
  })

  it('an erased user keeps the row, and a view gives the live ones', async () => {
    const { db, rows } = await open(store, 'restrict')
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email', 'name'] }, versions: 'clerk_versions' }),
      map: {
        user: (_, record) => ({ email: record.email ?? '', name: record.firstName }),
        deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
      },
      onDelete: 'erase',
    })
    const view = liveRowsMigration('live_users', { table: 'users' })
    await view.up(db)
    expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
    await clerkSync.apply(ada('created', 1_000))
    await rows(POST)
    const live = async () => (await rows('select id from live_users order by id')).map(({ id }) => id)
    expect(await live()).toEqual(['user_0', 'user_1'])
    expect(await clerkSync.apply(ada('deleted', 3_000))).toBe('deleted')
    expect(await clerkSync.apply(ada('updated', 2_000, 'late@example.com'))).toBe('already_deleted')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_never_seen', 3_000))).toBe('deleted')
    expect(await live()).toEqual(['user_0'])
    expect(await rows('select id, email from users order by id')).toEqual([
      { id: 'user_0', email: 'old@example.com' },
      { id: 'user_1', email: 'user_1@deleted.invalid' },
      { id: 'user_never_seen', email: 'user_never_seen@deleted.invalid' },
    ])
    await view.down(db)
    await view.up(db)
    expect(await live()).toEqual(['user_0'])
  })

  it('a kept user stays as it was, takes late events in their order, and is not in the view of live ones', async () => {
    const { db, rows } = await open(store, 'restrict')
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email', 'name'] }, versions: 'clerk_versions' }),
      map: {
        user: (_, record) => ({ email: record.email ?? '', name: record.firstName }),
        deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
      },
      onDelete: 'keep',
    })
    await liveRowsMigration('live_users', { table: 'users' }).up(db)
    await clerkSync.apply(ada('created', 1_000))
    await rows(POST)
    expect(await clerkSync.apply(ada('deleted', 4_000))).toBe('deleted')
    expect(await clerkSync.apply(ada('updated', 3_000, 'late@example.com'))).toBe('already_deleted')
    expect(await clerkSync.apply(ada('updated', 2_000, 'older@example.com'))).toBe('already_deleted')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_never_seen', 4_000))).toBe('deleted')
    expect(await rows('select id, email from users order by id')).toEqual([
      { id: 'user_0', email: 'old@example.com' },
      { id: 'user_1', email: 'late@example.com' },
      { id: 'user_never_seen', email: 'user_never_seen@deleted.invalid' },
    ])
    expect(await rows('select id from posts')).toEqual([{ id: 1 }])
    expect(await rows('select id from live_users')).toEqual([{ id: 'user_0' }])
  })

  it('a row that was there before is updated and removed like any other', async () => {
    const { rows, clerkSync } = await open(store)
    const old = (type: 'updated' | 'deleted', at: number) =>
      userEvent(`user.${type}`, 'user_0', at, withEmail('new@example.com'))
    expect(await clerkSync.apply(old('updated', 1_000))).toBe('updated')
    expect(await rows('select email from users')).toEqual([{ email: 'new@example.com' }])
    expect(await clerkSync.apply(old('deleted', 2_000))).toBe('deleted')
    expect(await rows('select * from users')).toEqual([])
  })

  it('a foreign key that forbids the removal is reference_held, unless a hook removes what refers', async () => {
    const held = await open(store, 'restrict')
    await held.clerkSync.apply(ada('created', 1_000))
    await held.rows(POST)
    await expect(held.clerkSync.apply(ada('deleted', 2_000))).rejects.toMatchObject({ code: 'reference_held' })
    expect(await held.rows("select id from users where id = 'user_1'")).toHaveLength(1)
    expect(await held.rows('select id from clerk_versions where deleted_at is not null')).toEqual([])

    const { clerkSync, rows } = await open(store, 'restrict', (tx) => tx.deleteFrom('posts').execute())
    await clerkSync.apply(ada('created', 1_000))
    await rows(POST)
    expect(await clerkSync.apply(ada('deleted', 2_000))).toBe('deleted')
    expect(await rows("select id from users where id = 'user_1'")).toEqual([])
  })

  it('a hook that ends its transaction removes no row', async () => {
    const { rows, clerkSync } = await open(store, 'cascade', (tx) => sql`rollback`.execute(tx))
    await clerkSync.apply(ada('created', 1_000))
    await expect(clerkSync.apply(ada('deleted', 2_000))).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await rows("select id from users where id = 'user_1'")).toHaveLength(1)
    expect(await rows('select id from clerk_versions where deleted_at is not null')).toEqual([])
    expect(await rows('select * from clerk_events')).toEqual([])
  })

  it('check finds a table of versions that is missing or has another key, and a version that was left in a table', async () => {
    const { rows, clerkSync } = await open(store)
    const errors = async () =>
      (await clerkSync.check()).filter(({ severity }) => severity === 'error').map(({ message }) => message)
    await rows("alter table users add clerk_version varchar(34) default '0' not null")
    await rows('drop table clerk_versions')
    expect(await errors()).toEqual([
      expect.stringMatching(/^users still has the column clerk_version.*503 while you move the versions/),
      'The table clerk_versions is not in the database. Run your migrations.',
    ])
    await rows(`create table clerk_versions (table_name varchar(64) not null, id varchar(64) primary key,
      version varchar(20) not null, deleted_at date)`)
    expect(await errors()).toEqual([
      expect.stringMatching(/^users still has/),
      expect.stringMatching(/^clerk_versions has no primary key on table_name and id, by which a version is raised/),
      expect.stringMatching(/^clerk_versions is unique on one of table_name and id alone/),
      ...(name === 'SQLite' ? [] : [expect.stringMatching(/version holds 20 characters, and a version has 33/)]),
    ])
  })

  it('a member who left comes back, in every order of arrival', async () => {
    for (const arrival of ARRIVALS) {
      const { rows, clerkSync } = await open(store)
      const events = rejoining()
      const refusals = await deliver(
        clerkSync,
        arrival.map((event) => events[event]),
      )
      expect([arrival, refusals]).toEqual([arrival, []])
      expect(await rows('select id from memberships')).toEqual([{ id: 'orgmem_2' }])
    }
  })

  it('a membership is live while the rows are there', async () => {
    const { db, rows } = await open(store)
    const live = liveMembership(db, {
      memberships: { table: 'memberships' },
      users: { table: 'users' },
      organizations: { table: 'organizations' },
      versions: 'clerk_versions',
    })
    const idsOf = async () =>
      (await db.selectFrom('memberships').select('id').where(live).execute()).map(({ id }) => id)
    await rows("insert into memberships (id, user_id, organization_id) values ('orgmem_1', 'user_0', 'org_1')")
    expect(await idsOf()).toEqual([])
    await rows("insert into organizations (id) values ('org_1')")
    expect(await idsOf()).toEqual(['orgmem_1'])
    await rows("delete from users where id = 'user_0'")
    expect(await idsOf()).toEqual([])
  })

  it.for(['memberships', 'users', 'organizations'])('an erased row of %s makes no membership live', async (table) => {
    const { db, rows } = await open(store)
    const live = liveMembership(db, {
      memberships: { table: 'memberships' },
      users: { table: 'users' },
      organizations: { table: 'organizations' },
      versions: 'clerk_versions',
    })
    const idsOf = async () =>
      (await db.selectFrom('memberships').select('id').where(live).execute()).map(({ id }) => id)
    await rows("insert into organizations (id) values ('org_1')")
    await rows("insert into memberships (id, user_id, organization_id) values ('orgmem_1', 'user_0', 'org_1')")
    expect(await idsOf()).toEqual(['orgmem_1'])
    const id = { memberships: 'orgmem_1', users: 'user_0', organizations: 'org_1' }[table]
    await rows(`insert into clerk_versions (table_name, id, version) values ('${table}', '${id}', '1')`)
    expect(await idsOf()).toEqual(['orgmem_1'])
    await rows('update clerk_versions set deleted_at = current_timestamp')
    expect(await idsOf()).toEqual([])
  })

  it('the migration goes down and comes up again', async () => {
    const { db, rows } = await open(store)
    await clerkVersionsMigration().up(db)
    await clerkVersionsMigration().down(db)
    await expect(rows('select * from clerk_versions')).rejects.toThrow()
    await clerkVersionsMigration().up(db)
    expect(await rows('select * from clerk_versions')).toEqual([])
  })
})

it.for(stores)('Versions are kept under the name that the table has in the database, %s', async ([, store]) => {
  const { dialect, rows } = await store('kysely_beside_names')
  interface Camel {
    appUsers: { id: string; firstName: string | null }
    clerkVersions: CamelCased<ClerkVersionsTable<Date | number>>
  }
  const db = new Kysely<Camel>({ dialect, plugins: [new CamelCasePlugin()] })
  await rows('create table app_users (id varchar(64) primary key, first_name varchar(64))')
  await clerkVersionsMigration().up(db)
  const users = { table: 'appUsers', columns: ['firstName'] } as const
  const adapter = kyselyAdapter(db, { users, versions: 'clerkVersions' })
  const { apply } = createClerkSync({ adapter, onDelete: 'erase' })
  await liveRowsMigration('liveUsers', { table: 'appUsers', versions: 'clerkVersions' }).up(db)
  expect(await apply(ada('created', 1_000))).toBe('created')
  expect(await rows('select table_name from clerk_versions')).toEqual([{ table_name: 'app_users' }])
  expect(await rows('select id from live_users')).toEqual([{ id: 'user_1' }])
  expect(await apply(ada('deleted', 2_000))).toBe('deleted')
  expect(await rows('select id from app_users')).toEqual([{ id: 'user_1' }])
  expect(await rows('select id from live_users')).toEqual([])
})

it('Tables of one name in two schemas of PostgreSQL have a version each', async () => {
  const { dialect, rows } = await openPostgres('kysely_beside_schemas')
  interface Schemas {
    'public.users': { id: string }
    'crm.users': { id: string }
    clerk_versions: ClerkVersionsTable
  }
  const db = new Kysely<Schemas>({ dialect })
  await clerkVersionsMigration().up(db)
  await rows('create table public.users (id text primary key)')
  await rows('create schema crm create table users (id text primary key)')
  const both = (['public.users', 'crm.users'] as const).map((table) =>
    createClerkSync({ adapter: kyselyAdapter(db, { users: { table, columns: [] }, versions: 'clerk_versions' }) }),
  )
  for (const { apply } of both) expect(await apply(ada('created', 1_000))).toBe('created')
  expect(await rows('select table_name from clerk_versions order by 1')).toEqual([
    { table_name: 'crm.users' },
    { table_name: 'users' },
  ])
  for (const { apply } of both) expect(await apply(ada('deleted', 2_000))).toBe('deleted')
  expect(await rows('select id from public.users union all select id from crm.users')).toEqual([])
})
