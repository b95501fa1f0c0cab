import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import * as sqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { backfill, reconcile } from '@clerk-sync/core/clerk-api'
import { userEvent } from '@clerk-sync/test-support/events'
import { startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, primaryKey, serial, text, uniqueIndex } from 'drizzle-orm/pg-core'
import * as sq from 'drizzle-orm/sqlite-core'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

// It connects with the first query, and there is none.
const db = drizzle(new pg.Pool())
const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
/** What a JavaScript user, or one with a cast, could pass: the types refuse some of it. */
const setUp = (emailAddresses: object | undefined, on: object = db) =>
  createClerkSync({ adapter: Reflect.apply(drizzleAdapter, undefined, [on, { users, emailAddresses }]) })

const columns = { userId: clerkId('user_id').notNull(), id: clerkId().notNull(), emailAddress: text() }

describe('A table of parts that cannot be written is refused at set-up, with what to do', () => {
  it.for([
    [
      'without the id of its user',
      pgTable('parts', { id: clerkId().primaryKey() }),
      /parts has no column userId\. Add userId/,
    ],
    ['without an id of its own', pgTable('parts', { userId: clerkId() }), /parts has no column id\./],
    [
      'with its own id alone as the key',
      pgTable('parts', { ...columns, id: clerkId().primaryKey() }),
      /primaryKey\(\{ columns/,
    ],
    [
      'with an id that takes no text',
      pgTable('parts', { ...columns, id: integer().notNull() }, (t) => [primaryKey({ columns: [t.userId, t.id] })]),
      /parts\.id has the type integer/,
    ],
    ['that is none', { table: 'parts' }, /must be a table of the schema/],
    ['that is undefined', undefined, /emailAddresses is undefined, and nothing would fill it/],
    ['with an option that is none', { table: pgTable('parts', columns), user: 'userId' }, /no option "user"/],
    [
      'with a required column that nothing fills',
      pgTable('parts', { ...columns, label: text().notNull() }, (t) => [primaryKey({ columns: [t.userId, t.id] })]),
      /Nothing fills parts\.label.*map\.emailAddress/,
    ],
  ] as const)('%s', ([, table, message]) => {
    expect(() => setUp(table)).toThrow(message)
  })

  it('and not with a unique index in place of the key, nor with columns of other names', () => {
    setUp(pgTable('parts', columns, (t) => [uniqueIndex().on(t.id, t.userId)]))
    const named = pgTable('parts', { account: clerkId(), address: clerkId(), n: serial().primaryKey() }, (t) => [
      uniqueIndex().on(t.account, t.address),
    ])
    setUp({ table: named, owner: 'account', key: 'address' })
  })
})

describe('Tables of parts', () => {
  it('have the columns of their key under other names, and an id of the application beside them', async () => {
    const database = new Database(':memory:')
    onTestFinished(() => void database.close())
    database.exec(`
      create table users (id text primary key, clerk_version text not null default '0', deleted_at integer);
      create table addresses (id integer primary key, account text, address text, email_address text, unique (account, address));
    `)
    const own = sq.sqliteTable('users', { id: sqlite.clerkId().primaryKey(), ...sqlite.syncColumns() })
    const addresses = sq.sqliteTable(
      'addresses',
      {
        id: sq.integer().primaryKey(),
        account: sqlite.clerkId().notNull(),
        address: sqlite.clerkId().notNull(),
        emailAddress: sq.text('email_address'),
      },
      (t) => [sq.unique().on(t.account, t.address)],
    )
    const adapter = drizzleAdapter(drizzleSqlite(database), {
      users: own,
      emailAddresses: { table: addresses, owner: 'account', key: 'address' },
    })
    const clerkSync = createClerkSync({ adapter })
    const list = (...ids: string[]) => ({
      email_addresses: ids.map((id) => ({ id, email_address: `${id}@example.com` })),
    })
    const at = 1_700_000_000_000
    await clerkSync.apply(userEvent('user.created', 'user_1', at, list('idn_1', 'idn_2')))
    await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1, list('idn_2', 'idn_3')))
    expect(database.prepare('select * from addresses order by id').all()).toEqual([
      { id: 2, account: 'user_1', address: 'idn_2', email_address: 'idn_2@example.com' },
      { id: 3, account: 'user_1', address: 'idn_3', email_address: 'idn_3@example.com' },
    ])
  })

  it('reconcile finds no drift in times and custom types that are stored as they were mapped', async () => {
    const database = new Database(':memory:')
    onTestFinished(() => void database.close())
    database.exec(`
      create table users (id text primary key, clerk_version text not null default '0', deleted_at integer);
      create table email_addresses (user_id text, id text, seen_at integer, domain text, primary key (user_id, id));
    `)
    const backwards = (given: string) => [...given].reverse().join('')
    const secret = sq.customType<{ data: string; driverData: string }>({
      dataType: () => 'text',
      toDriver: backwards,
      fromDriver: backwards,
    })
    const emailAddresses = sq.sqliteTable(
      'email_addresses',
      {
        userId: sqlite.clerkId('user_id').notNull(),
        id: sqlite.clerkId().notNull(),
        seenAt: sq.integer('seen_at', { mode: 'timestamp' }),
        domain: secret('domain'),
      },
      (t) => [sq.primaryKey({ columns: [t.userId, t.id] })],
    )
    const own = sq.sqliteTable('users', { id: sqlite.clerkId().primaryKey(), ...sqlite.syncColumns() })
    let domain = 'example.com'
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzleSqlite(database), { users: own, emailAddresses }),
      map: { emailAddress: () => ({ seenAt: new Date(1_700_000_000_000), domain }) },
    })
    // A read of the same second would be no newer.
    let requests = 0
    const api = await startClerkApi({
      seed: 1,
      webhooks: 'never',
      users: 3,
      organizations: 0,
      memberships: 0,
      now: () => Date.now() + requests * 1000,
      onRequest: () => void requests++,
    })
    onTestFinished(() => api.close())
    const read = { secretKey: api.secretKey, apiUrl: api.url }
    const options = { ...read, settleMs: 0, graceMs: 0 }
    await backfill(clerkSync, read)
    expect(database.prepare('select distinct seen_at, domain from email_addresses').all()).toEqual([
      { seen_at: 1_700_000_000, domain: 'moc.elpmaxe' },
    ])
    expect((await reconcile(clerkSync, options)).drifts).toEqual([])
    domain = 'example.org'
    const { drifts } = await reconcile(clerkSync, options)
    expect(drifts.map(({ kind, columns }) => [kind, columns])).toEqual(Array(3).fill(['stale', ['emailAddresses']]))
  })
})
