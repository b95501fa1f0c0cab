import {
  type CamelCased,
  type ClerkEventsTable,
  kyselyAdapter,
  liveMembership,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import { clerkEventsMigration, clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { CamelCasePlugin, type Generated, type JSONColumnType, Kysely, ParseJSONResultsPlugin, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openPostgres, type Store, stores } from './kit/stores.ts'

const at = 1_760_000_000_123

/** The table of the guides, with a key of its own. */
interface Database {
  app_user: SyncColumns<Date | number> & {
    id: Generated<number>
    clerk_id: string
    email_address: string
    img: string | null
    settings: JSONColumnType<{ plan: string }, string | null>
    slug: Generated<string>
    note: string | null
    signed_in_at: Date | number | null
  }
  clerk_events: ClerkEventsTable<Date | number>
}

async function createUsers(db: Kysely<Database>): Promise<void> {
  const dialect = db.getExecutor().adapter.constructor.name
  const serial = { PostgresAdapter: sql`serial`, MysqlAdapter: sql`bigint auto_increment` }
  const date = { PostgresAdapter: sql`timestamptz(3)`, MysqlAdapter: sql`datetime(3)` }
  const of = (types: Record<string, ReturnType<typeof sql>>, sqlite: 'integer') => types[dialect] ?? sqlite
  await db.schema
    .createTable('app_user')
    .addColumn('id', of(serial, 'integer'), (column) => column.primaryKey())
    .addColumn('email_address', 'varchar(255)', (column) => column.notNull().unique())
    .addColumn('clerk_id', clerkId(db), (column) => column.notNull().unique())
    .addColumn('img', 'varchar(255)')
    .addColumn('settings', 'json')
    .addColumn('slug', 'varchar(255)', (column) => column.notNull().defaultTo('none'))
    .addColumn('note', 'varchar(255)')
    .addColumn('signed_in_at', of(date, 'integer'))
    .execute()
  await syncColumnsMigration('app_user').up(db)
  await clerkEventsMigration().up(db)
}

const toTime = (value: unknown) => (value instanceof Date ? value.getTime() : value)

describe.for(stores)('A schema of the application’s own, on %s', ([name, open]) => {
  async function opened() {
    const store: Store = await open('kysely_schemas')
    const db = new Kysely<Database>({ dialect: store.dialect })
    await createUsers(db)
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, {
        users: { table: 'app_user', key: 'clerk_id', columns: ['email_address', 'img', 'settings', 'signed_in_at'] },
        events: 'clerk_events',
      }),
      map: {
        user: (user, record) => ({
          email_address: record.email ?? `${record.id}@no-email.invalid`,
          img: user.image_url,
          settings: JSON.stringify(record.publicMetadata),
          signed_in_at: record.lastSignInAt,
        }),
        deletedUser: ({ id }) => ({ email_address: `${id}@deleted.invalid` }),
      },
    })
    const rowOf = (id: string) =>
      db.selectFrom('app_user').selectAll().where('clerk_id', '=', id).executeTakeFirstOrThrow()
    return { db, clerkSync, rowOf, store }
  }

  it('is written where it is mapped, and nowhere else', async () => {
    const { db, clerkSync, rowOf } = await opened()
    expect(await clerkSync.check()).toEqual([expect.objectContaining({ severity: 'warning', column: 'email_address' })])
    const data = {
      ...withEmail('ada@example.com'),
      image_url: 'a.png',
      public_metadata: { plan: 'pro' },
      last_sign_in_at: Date.UTC(2026, 6, 1, 12, 0, 0, 7),
    }
    expect(await clerkSync.apply(userEvent('user.created', 'user_Own', at, data))).toBe('created')
    const created = await rowOf('user_Own')
    expect(created).toMatchObject({ email_address: 'ada@example.com', img: 'a.png', slug: 'none', deleted_at: null })
    const settings: unknown = created.settings
    expect(typeof settings === 'string' ? JSON.parse(settings) : settings).toEqual({ plan: 'pro' })
    expect(toTime(created.signed_in_at)).toBe(Date.UTC(2026, 6, 1, 12, 0, 0, 7))

    await db.updateTable('app_user').set({ note: 'mine', slug: 'chosen' }).where('clerk_id', '=', 'user_Own').execute()
    await clerkSync.apply(userEvent('user.updated', 'user_Own', at + 1, { ...data, image_url: 'b.png' }))
    expect(await rowOf('user_Own')).toMatchObject({ id: created.id, img: 'b.png', note: 'mine', slug: 'chosen' })

    await clerkSync.apply(userEvent('user.deleted', 'user_Own', at + 2))
    const deleted = await rowOf('user_Own')
    expect(deleted).toMatchObject({
      email_address: 'user_Own@deleted.invalid',
      img: null,
      settings: null,
      signed_in_at: null,
      note: 'mine',
      slug: 'chosen',
    })
    expect(toTime(deleted.deleted_at)).toBe(at + 2)
  })

  it('lets a deleted user’s e-mail address sign up again, and tells two living users with one apart', async () => {
    const { clerkSync, rowOf } = await opened()
    const ada = withEmail('ada@example.com')
    await clerkSync.apply(userEvent('user.created', 'user_first', at, ada))
    await expect(clerkSync.apply(userEvent('user.created', 'user_second', at + 1, ada))).rejects.toMatchObject({
      code: 'unique_conflict',
    })
    await clerkSync.apply(userEvent('user.deleted', 'user_first', at + 2))
    expect(await clerkSync.apply(userEvent('user.created', 'user_second', at + 1, ada))).toBe('created')
    expect(await rowOf('user_second')).toMatchObject({ email_address: 'ada@example.com' })
  })

  it('never writes to the row of an id that differs in case', async () => {
    const { db, clerkSync } = await opened()
    await clerkSync.apply(userEvent('user.created', 'user_a', at, withEmail('one@example.com')))
    const second = clerkSync.apply(userEvent('user.created', 'user_A', at + 1, withEmail('two@example.com')))
    const first = { clerk_id: 'user_a', email_address: 'one@example.com' }
    const rows = () => db.selectFrom('app_user').select(['clerk_id', 'email_address']).orderBy('id').execute()
    if (name === 'MySQL' || name === 'MariaDB') {
      // The default collation ignores case.
      await expect(second).rejects.toMatchObject({ code: 'unique_conflict' })
      expect(await rows()).toEqual([first])
    } else {
      expect(await second).toBe('created')
      expect(await rows()).toEqual([first, { clerk_id: 'user_A', email_address: 'two@example.com' }])
    }
  })
})

type CamelSynced = CamelCased<SyncColumns<Date | number>>
interface Camel {
  memberships: CamelSynced & { id: string; userId: string; organizationId: string }
  users: CamelSynced & { id: string; firstName: string | null }
  organizations: CamelSynced & { id: string; name: string | null }
}

describe.for(stores)('With the CamelCasePlugin on %s', ([, open]) => {
  async function opened() {
    const { dialect, rows } = await open('kysely_camel')
    const db = new Kysely<Camel>({ dialect, plugins: [new CamelCasePlugin(), new ParseJSONResultsPlugin()] })
    const create = (table: string, ...columns: string[]) =>
      columns
        .reduce(
          (builder, column) => builder.addColumn(column, 'varchar(255)'),
          db.schema.createTable(table).addColumn('id', clerkId(db), (column) => column.notNull().primaryKey()),
        )
        .execute()
    await create('users', 'firstName')
    await create('organizations', 'name')
    await create('memberships', 'userId', 'organizationId')
    for (const table of ['users', 'organizations', 'memberships']) await syncColumnsMigration(table).up(db)
    const tables = {
      users: { table: 'users', columns: ['firstName'] },
      organizations: { table: 'organizations', columns: ['name'] },
      organizationMemberships: { table: 'memberships', columns: ['userId', 'organizationId'] },
    } as const
    const clerkSync = createClerkSync({ adapter: kyselyAdapter(db, tables) })
    const live = async () => {
      const { users, organizations, organizationMemberships: memberships } = tables
      const found = await db
        .selectFrom('memberships')
        .select('id')
        .where(liveMembership(db, { memberships, users, organizations }))
        .orderBy('id')
        .execute()
      return found.map(({ id }) => id)
    }
    return { clerkSync, rows, live }
  }

  it('columns are in snake case, and a name that looks like JSON stays a name', async () => {
    const { clerkSync, rows } = await opened()
    expect(await clerkSync.check()).toEqual([])
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: '{"a":1}' }))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at - 1, { first_name: 'late' }))).toBe('stale')
    expect(await rows('select first_name from users')).toEqual([{ first_name: '{"a":1}' }])
  })

  it('a membership is live while it, its user and its organization are there and not deleted', async () => {
    const { clerkSync, live } = await opened()
    const membership = (id: string, user: string, organization: string) =>
      event('organizationMembership.created', at, {
        id,
        role: 'org:member',
        updated_at: at,
        organization: { id: organization },
        public_user_data: { user_id: user },
      })
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    await clerkSync.apply(event('organization.created', at, { id: 'org_2', name: 'Two', updated_at: at }))
    await clerkSync.apply(userEvent('user.created', 'user_live', at))
    await clerkSync.apply(membership('orgmem_1', 'user_live', 'org_1'))
    await clerkSync.apply(membership('orgmem_2', 'user_live', 'org_2'))
    await clerkSync.apply(membership('orgmem_3', 'user_not_here_yet', 'org_1'))
    expect(await live()).toEqual(['orgmem_1', 'orgmem_2'])

    await clerkSync.apply(event('organization.deleted', at + 1, { id: 'org_2', object: 'organization', deleted: true }))
    expect(await live()).toEqual(['orgmem_1'])

    await clerkSync.apply(userEvent('user.deleted', 'user_live', at + 1))
    expect(await live()).toEqual([])
  })
})

it('withSchema names the schema, on PostgreSQL', async () => {
  const { dialect, rows } = await openPostgres('kysely_with_schema')
  await rows('create schema "app 1"')
  await rows('create table "app 1".app_user (id text primary key, name text)')
  interface Tables {
    app_user: SyncColumns & { id: string; name: string | null }
  }
  const statements: string[] = []
  const db = new Kysely<Tables>({
    dialect,
    log: ({ query }) => void statements.push(query.sql),
  }).withSchema('app 1')
  await syncColumnsMigration('app_user').up(db)
  const clerkSync = createClerkSync({
    adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['name'] } }),
    map: { user: (_, record) => ({ name: record.fullName }) },
  })
  expect(await clerkSync.check()).toEqual([])
  statements.length = 0
  await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Secret' }))
  // A log also hears, once a connection, how the adapter gets hold of it: nothing of that is sent.
  const sent = statements.filter((text) => !String(text).startsWith('--'))
  expect(sent).toEqual([expect.stringMatching(/^insert into "app 1"."app_user" as t/)])
  expect(sent[0]).not.toContain('Secret')
  expect(await rows('select name from "app 1".app_user')).toEqual([{ name: 'Secret' }])
})
