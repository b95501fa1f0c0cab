// An application that was there before: its tables are not altered, and its rows are deleted when Clerk deletes a user.
import {
  type ClerkEventsTable,
  type ClerkVersionsTable,
  kyselyAdapter,
  liveMembership,
} from '@clerk-sync/adapter-kysely'
import { clerkEventsMigration, clerkId, clerkVersionsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type Store, stores } from './kit/stores.ts'

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

async function open(store: (suite: string) => Promise<Store>, onDelete: OnDelete = 'cascade', removesPosts = false) {
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
          if (removesPosts) await tx.deleteFrom('posts').execute()
        },
      },
    },
  })
  return { db, rows, clerkSync, seen }
}

const ada = (type: 'created' | 'updated' | 'deleted', at: number, address = 'ada@example.com') =>
  userEvent(`user.${type}`, 'user_1', at, withEmail(address))
const POST = "insert into posts (id, author_id) values (1, 'user_1')"

describe.for(stores)('Versions beside the tables of an application, %s', ([, store]) => {
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

    const { clerkSync, rows } = await open(store, 'restrict', true)
    await clerkSync.apply(ada('created', 1_000))
    await rows(POST)
    expect(await clerkSync.apply(ada('deleted', 2_000))).toBe('deleted')
    expect(await rows("select id from users where id = 'user_1'")).toEqual([])
  })

  it('check finds a table of versions that is missing, and a version that was left in a table', async () => {
    const { rows, clerkSync } = await open(store)
    await rows("alter table users add clerk_version varchar(34) default '0' not null")
    await rows('drop table clerk_versions')
    const errors = (await clerkSync.check()).filter(({ severity }) => severity === 'error')
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^users still has the column clerk_version.*503 while you move the versions/),
      'The table clerk_versions is not in the database. Run your migrations.',
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

  it('the migration goes down and comes up again', async () => {
    const { db, rows } = await open(store)
    await clerkVersionsMigration().up(db)
    await clerkVersionsMigration().down(db)
    await expect(rows('select * from clerk_versions')).rejects.toThrow()
    await clerkVersionsMigration().up(db)
    expect(await rows('select * from clerk_versions')).toEqual([])
  })
})
