import { drizzleAdapter, liveMembership } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { jsonb, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'

const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_schemas'), max: 2 })
afterAll(() => pool.end())
const statements: string[] = []
const db = drizzle(pool, { casing: 'snake_case', logger: { logQuery: (query) => statements.push(query) } })

const app = pgSchema('app "1"')
const users = app.table('Users', {
  id: uuid().primaryKey().defaultRandom(),
  clerkId: clerkId().notNull().unique(),
  // Filled by Drizzle, not by the database.
  slug: text()
    .notNull()
    .$defaultFn(() => `slug-${++slugs}`),
  touchedAt: timestamp({ withTimezone: true }).$onUpdateFn(() => new Date(++touches)),
  imgUrl: text(),
  displayName: text(),
  settings: jsonb().$type<{ plan: string } | null>(),
  ...syncColumns(),
})
const memberships = app.table('memberships', {
  id: clerkId().primaryKey(),
  organizationId: text().notNull(),
  userId: text().notNull(),
  role: text(),
  ...syncColumns(),
})
const organizations = app.table('organizations', { id: clerkId().primaryKey(), name: text(), ...syncColumns() })
const events = clerkEventsTable('clerk_events')
let slugs = 0
let touches = 0

await db.execute(sql`create schema ${app}`)
await db.execute(sql`create table ${users} (id uuid primary key default gen_random_uuid(), clerk_id text not null unique,
  slug text not null, touched_at timestamptz, img_url text, display_name text, settings jsonb,
  clerk_version text not null default '0', deleted_at timestamptz(3))`)
await db.execute(sql`create table ${memberships} (id text primary key, organization_id text not null,
  user_id text not null, role text, clerk_version text not null default '0', deleted_at timestamptz(3))`)
await db.execute(sql`create table ${organizations} (id text primary key, name text,
  clerk_version text not null default '0', deleted_at timestamptz(3))`)
await db.execute(sql`create table ${events} (id text primary key, type text not null, entity_id text,
  occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)

const clerkSync = createClerkSync({
  adapter: drizzleAdapter(db, { users, organizations, organizationMemberships: memberships, events }),
  map: {
    user: (user, record) => ({
      displayName: record.fullName,
      imgUrl: user.image_url,
      settings: record.publicMetadata ? { plan: String(record.publicMetadata.plan) } : null,
    }),
  },
})
const at = 1_760_000_000_000
const rowOf = async (id: string) => (await db.select().from(users).where(eq(users.clerkId, id)))[0]

describe('A schema of the application’s own', () => {
  it('is written by the names that casing and schema give, with what Drizzle fills in, and only what is mapped', async () => {
    const data = { first_name: 'Ada', last_name: 'Lovelace', image_url: 'a.png', public_metadata: { plan: 'pro' } }
    expect(await clerkSync.apply(userEvent('user.created', 'user_own', at, data))).toBe('created')
    const created = await rowOf('user_own')
    expect(created).toMatchObject({
      slug: 'slug-1',
      displayName: 'Ada Lovelace',
      imgUrl: 'a.png',
      settings: { plan: 'pro' },
      touchedAt: new Date(1),
      deletedAt: null,
    })

    await db.update(users).set({ slug: 'chosen' }).where(eq(users.clerkId, 'user_own'))
    const touched = (await rowOf('user_own'))?.touchedAt
    await clerkSync.apply(userEvent('user.updated', 'user_own', at + 1, { ...data, first_name: 'Augusta' }))
    expect(await rowOf('user_own')).toMatchObject({
      id: created?.id,
      slug: 'chosen',
      displayName: 'Augusta Lovelace',
      touchedAt: touched,
    })

    await clerkSync.apply(userEvent('user.deleted', 'user_own', at + 2))
    expect(await rowOf('user_own')).toMatchObject({
      slug: 'chosen',
      displayName: null,
      imgUrl: null,
      settings: null,
      deletedAt: new Date(at + 2),
    })
  })

  it('whose map fills what Drizzle fills too, by what it returns', async () => {
    const mapping = createClerkSync({
      adapter: drizzleAdapter(db, { users }),
      map: {
        user: (user) => ({ slug: user.username ?? 'nobody', touchedAt: new Date(at) }),
        deletedUser: ({ id }) => ({ slug: id }),
      },
    })
    await mapping.apply(userEvent('user.created', 'user_mapped', at, { username: 'ada' }))
    expect(await rowOf('user_mapped')).toMatchObject({ slug: 'ada', touchedAt: new Date(at) })
    await mapping.apply(userEvent('user.updated', 'user_mapped', at + 1, { username: 'bea' }))
    expect(await rowOf('user_mapped')).toMatchObject({ slug: 'bea', touchedAt: new Date(at) })
  })

  it('whose columns are given a value in one change and none in another: none leaves what is there', async () => {
    const adapter = drizzleAdapter(db, { users })
    const change = (key: string, version: number, slug: string | undefined) =>
      ({ kind: 'upsert', entity: 'user', key, version: String(version).repeat(33), values: { slug } }) as const
    const slugOf = async (id: string) => (await rowOf(id))?.slug
    await adapter.upsert(change('user_given', 1, 'given'))
    await adapter.upsert(change('user_filled', 1, undefined))
    const filled = await slugOf('user_filled')
    expect([await slugOf('user_given'), filled]).toEqual(['given', expect.stringMatching(/^slug-\d+$/)])

    await adapter.upsert(change('user_given', 2, undefined))
    await adapter.upsert(change('user_filled', 2, undefined))
    expect([await slugOf('user_given'), await slugOf('user_filled')]).toEqual(['given', filled])

    await adapter.writeMany([
      change('user_filled', 3, 'batch'),
      change('user_given', 3, undefined),
      change('user_new', 3, 'new'),
    ])
    expect(await Promise.all(['user_filled', 'user_given', 'user_new'].map(slugOf))).toEqual(['batch', 'given', 'new'])
  })

  it('is seen by Drizzle’s logger, and parameters are not in the text', async () => {
    statements.length = 0
    await clerkSync.apply(userEvent('user.created', 'user_logged', at, { first_name: 'Secret' }))
    expect(statements).toHaveLength(1)
    expect(statements[0]).toContain('insert into "app ""1"""."Users"')
    expect(statements[0]).not.toContain('Secret')
  })
})

describe('liveMembership', () => {
  const membership = (id: string, user: string, organization: string) =>
    event('organizationMembership.created', at, {
      id,
      role: 'org:member',
      updated_at: at,
      organization: { id: organization },
      public_user_data: { user_id: user },
    })
  const live = () =>
    db
      .select({ id: memberships.id })
      .from(memberships)
      .where(liveMembership({ memberships, users, organizations }))
      .orderBy(memberships.id)

  it('needs the membership, its user and its organization, all three there and not deleted', async () => {
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    await clerkSync.apply(event('organization.created', at, { id: 'org_2', name: 'Two', updated_at: at }))
    await clerkSync.apply(userEvent('user.created', 'user_live', at, withEmail('live@example.com')))
    await clerkSync.apply(membership('orgmem_1', 'user_live', 'org_1'))
    await clerkSync.apply(membership('orgmem_2', 'user_live', 'org_2'))
    await clerkSync.apply(membership('orgmem_3', 'user_not_here_yet', 'org_1'))
    expect(await live()).toEqual([{ id: 'orgmem_1' }, { id: 'orgmem_2' }])

    await clerkSync.apply(event('organization.deleted', at + 1, { id: 'org_2', object: 'organization', deleted: true }))
    expect(await live()).toEqual([{ id: 'orgmem_1' }])

    await clerkSync.apply(userEvent('user.deleted', 'user_live', at + 1))
    expect(await live()).toEqual([])
  })
})
