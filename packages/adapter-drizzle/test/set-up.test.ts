import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId as myClerkId, syncColumns as mySyncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { clerkDeadLettersTable, clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { clerkId as liteClerkId, syncColumns as liteSyncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { int, char as myChar, mysqlTable, varchar as myVarchar } from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import {
  bigint,
  char,
  customType,
  integer,
  pgEnum,
  pgTable,
  serial,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { drizzle as drizzleProxy } from 'drizzle-orm/pg-proxy'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { sqliteTable } from 'drizzle-orm/sqlite-core'
import pg from 'pg'
import { describe, expect, it } from 'vitest'

// It connects with the first query, and there is none.
const db = drizzle(new pg.Pool())
const synced = () => ({ id: clerkId().primaryKey(), ...syncColumns() })
const setUp = (users: object, options: object = {}) =>
  // What a JavaScript user, or one with a cast, could pass: the types refuse most of it.
  createClerkSync({ adapter: Reflect.apply(drizzleAdapter, undefined, [db, { users }]), ...options })

describe('A schema that cannot be synced is refused at set-up, with what to do', () => {
  it('without the sync columns', () => {
    expect(() => setUp(pgTable('users', { id: text().primaryKey() }))).toThrow(
      /users has no column clerkVersion.*syncColumns/,
    )
  })

  it('without a column for the Clerk id', () => {
    expect(() => setUp(pgTable('users', { email: text(), ...syncColumns() }))).toThrow(/no column id.*clerkId\(\)/)
  })

  it('with a nullable version', () => {
    const users = pgTable('users', { ...synced(), clerkVersion: text('clerk_version').default('0') })
    expect(() => setUp(users)).toThrow(/clerk_version must be \.notNull\(\)\.default\('0'\)/)
  })

  it('with a version that has no default, which would leave rows of the application above every event', () => {
    const users = pgTable('users', { ...synced(), clerkVersion: text('clerk_version').notNull() })
    expect(() => setUp(users)).toThrow(/default\('0'\)/)
  })

  it('with a deletedAt that takes no Date', () => {
    const users = pgTable('users', { ...synced(), deletedAt: timestamp('deleted_at', { mode: 'string' }) })
    expect(() => setUp(users)).toThrow(/deleted_at must be a nullable column that takes a Date/)
  })

  it('with a required column that nothing fills', () => {
    const users = pgTable('users', { ...synced(), tagline: text().notNull() })
    expect(() => setUp(users)).toThrow(/Nothing fills users\.tagline.*map\.user.*default/)
  })

  it('with a required column that has no value for a deleted row', () => {
    const users = pgTable('users', { ...synced(), email: text().notNull() })
    const map = {
      user: (_: unknown, record: { id: string; email: string | null }) => ({ email: record.email ?? record.id }),
    }
    expect(() => setUp(users, { map })).toThrow(/deleted row of users needs a value in email.*map\.deletedUser/)
  })

  it('with an own key that nothing fills', () => {
    const users = pgTable('users', {
      id: integer().primaryKey(),
      clerkId: clerkId().notNull().unique(),
      ...syncColumns(),
    })
    expect(() => setUp(users)).toThrow(/users\.id is the application's own key and nothing fills it/)
  })

  const mood = pgEnum('mood', ['a'])
  const padded = customType<{ data: string }>({ dataType: () => 'char(40)' })
  it.for([
    ['uuid', uuid(), /users\.id has the type uuid, and the Clerk id of the user is text/],
    ['serial', serial(), /has the type serial, and/],
    ['integer', integer(), /has the type integer, and/],
    ['bigint', bigint({ mode: 'bigint' }), /has the type bigint, and/],
    ['a short varchar', varchar({ length: 31 }), /holds 31 characters, and the Clerk id of the user has 32/],
    ['char', char({ length: 40 }), /has the type char\(40\), which fills ids up with blanks/],
    ['a char of the application’s own', padded(), /has the type char\(40\), which fills ids up/],
    ['an enum', mood(), /has the type mood, and/],
  ] as const)('with a key that cannot hold a Clerk id: %s', ([, id, message]) => {
    expect(() => setUp(pgTable('users', { id: id.primaryKey(), ...syncColumns() }))).toThrow(message)
  })

  it('with a key on MySQL that cannot hold a Clerk id', () => {
    const mysqlDb = drizzleMysql.mock()
    const table = (id: object) => mysqlTable('users', { id, ...mySyncColumns() } as never)
    const given = (id: object) => () => Reflect.apply(drizzleAdapter, undefined, [mysqlDb, { users: table(id) }])
    expect(given(int().primaryKey())).toThrow(/users\.id has the type int, and the Clerk id/)
    expect(given(myVarchar({ length: 20 }).primaryKey())).toThrow(/holds 20 characters/)
    expect(given(myChar({ length: 20 }).primaryKey())).toThrow(/holds 20 characters/)
    // It gives a char back without the blanks.
    expect(given(myChar({ length: 40 }).primaryKey())).not.toThrow()
  })

  it('with a membership whose references cannot hold a Clerk id, unless a map gives them something else', () => {
    const organizationMemberships = pgTable('memberships', {
      ...synced(),
      userId: uuid('user_id').notNull(),
      organizationId: clerkId('organization_id').notNull(),
    })
    const adapter = drizzleAdapter(db, { organizationMemberships })
    expect(() => createClerkSync({ adapter })).toThrow(
      /memberships\.userId has the type uuid, and the Clerk id of the user is text.*map\.organizationMembership/,
    )
    const userId = '00000000-0000-0000-0000-000000000000'
    const organizationMembership = () => ({ userId, organizationId: 'org_1' })
    expect(() => createClerkSync({ adapter, map: { organizationMembership } })).not.toThrow()
  })

  it('with a key that is not unique, where MySQL would insert a row for each event', () => {
    expect(() => setUp(pgTable('users', { id: clerkId(), ...syncColumns() }))).toThrow(
      /users\.id must be the primary key/,
    )
    const indexed = pgTable('users', { id: clerkId(), ...syncColumns() }, (table) => [uniqueIndex().on(table.id)])
    expect(() => setUp(indexed)).not.toThrow()
  })

  it('with a unique column whose default every deleted row would have', () => {
    const users = pgTable('users', { ...synced(), email: text().notNull().default('').unique() })
    const map = {
      user: (_: unknown, record: { id: string; email: string | null }) => ({ email: record.email ?? record.id }),
    }
    expect(() => setUp(users, { map })).toThrow(/deleted row of users needs a value in email/)
  })

  it('with hooks on a single connection, where other deliveries would write into their transaction', () => {
    const tables = { users: pgTable('users', synced()), events: clerkEventsTable() }
    const single = drizzle(new pg.Client())
    expect(() => drizzleAdapter(single, tables)).toThrow(/Hooks and removals need a pool/)
    expect(() => drizzleAdapter(single, { users: tables.users })).not.toThrow()
  })

  it('with hooks and no ledger', () => {
    const users = pgTable('users', synced())
    expect(() => setUp(users, { on: { 'user.created': () => {} } })).toThrow(/Hooks need the ledger table.*events/)
  })

  it('with a misspelt table, whose events would all be ignored', () => {
    const tables = { user: pgTable('users', synced()) }
    expect(() => Reflect.apply(drizzleAdapter, undefined, [db, tables])).toThrow(
      /There is no table "user": did you mean "users"\?/,
    )
  })

  it('with something that is no Drizzle database', () => {
    expect(() => Reflect.apply(drizzleAdapter, undefined, [{}, {}])).toThrow(
      /takes what drizzle\(\) of node-postgres.*no database of Drizzle/,
    )
  })

  it('with a driver that the conformance suite does not run on', () => {
    const proxied = drizzleProxy(async () => ({ rows: [] }))
    expect(() => drizzleAdapter(proxied, { users: pgTable('users', synced()) })).toThrow(
      /this is PgRemoteDatabase.*conformance suite does not run/,
    )
  })

  it.each([
    ['no client', undefined],
    ['null for a client', null],
    ['a client that says no protocol', { batch: () => {} }],
    ['a client without batch()', { protocol: 'file' }],
  ])('with a database of libsql that has %s', (_, client) => {
    const libsql = Object.assign(drizzleLibsql.mock(), { $client: client })
    const users = sqliteTable('users', { id: liteClerkId().primaryKey(), ...liteSyncColumns() })
    expect(() => drizzleAdapter(libsql, { users })).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/libsql has no client: pass/) }),
    )
  })

  it.each([
    ['node-postgres', () => drizzle.mock()],
    ['PGlite', () => drizzlePglite.mock()],
  ])('and a database of %s without a client is not, as in a script that sends nothing', (_, database) => {
    expect(() => drizzleAdapter(database(), { users: pgTable('users', synced()) })).not.toThrow()
  })

  it('with prepare on a driver that cannot', () => {
    const users = pgTable('users', synced())
    expect(() => drizzleAdapter(drizzlePglite.mock(), { users }, { prepare: true })).toThrow(/this is pglite/)
  })
})

describe('What is fine', () => {
  it('a required column with a default, an own key, a ledger', () => {
    const users = pgTable('users', {
      id: serial().primaryKey(),
      clerkId: clerkId('clerk_id').notNull().unique(),
      tagline: text().notNull().default('hello'),
      ...syncColumns(),
    })
    const adapter = drizzleAdapter(db, { users, events: clerkEventsTable() })
    expect(() => createClerkSync({ adapter, on: { 'user.created': () => {} } })).not.toThrow()
    expect(adapter.name).toBe('drizzle:postgres')
  })

  it('MySQL, without touching the database', () => {
    const users = mysqlTable('users', { id: myClerkId().primaryKey(), ...mySyncColumns() })
    expect(drizzleAdapter(drizzleMysql.mock(), { users }).name).toBe('drizzle:mysql')
  })
})

describe('Arguments that cannot be are refused, with what was meant', () => {
  const users = pgTable('users', synced())
  const given = (...all: unknown[]) => Reflect.apply(drizzleAdapter, undefined, all)

  it.for<[string, unknown[], RegExp]>([
    ['no database', [undefined, { users }], /takes what drizzle\(\).*no database of Drizzle/],
    ['a pool', [new pg.Pool(), { users }], /takes what drizzle\(\).*no database of Drizzle/],
    ['no tables', [db], /drizzleAdapter takes an object of tables/],
    ['a misspelt table', [db, { user: users }], /There is no table "user": did you mean "users"\?/],
    ['the name of a table', [db, { users: 'users' }], /table for user must be a table of the schema.*the text "users"/],
    ['a key that is no column', [db, { users: { table: users, key: 'authId' } }], /no column authId\. key names/],
    [
      'a misspelt option of a table',
      [db, { users: { table: users, clerkId: 'id' } }],
      /table for user has no option "clerkId": did you mean "key"/,
    ],
    ['a column for its name', [db, { users: { table: users, key: users.id } }], /key, version and deletedAt are names/],
    [
      'a key of another type',
      [db, { users: pgTable('users', { id: integer().primaryKey() }) }],
      /id has the type integer.*Or name the property.*key: /,
    ],
    ['undefined for a table', [db, { users: undefined }], /drizzleAdapter: users is undefined, and its events/],
    [
      'the dead letters for the ledger',
      [db, { users, events: clerkDeadLettersTable() }],
      /table for events, clerk_dead_letters, has no occurredAt, processedAt: clerkEventsTable\(\)/,
    ],
    [
      'the ledger for the dead letters',
      [db, { users, deadLetters: clerkEventsTable() }],
      /table for deadLetters, clerk_events, has no code, payload, parkedAt: clerkDeadLettersTable\(\)/,
    ],
    ['the name of the ledger', [db, { users, events: 'events' }], /table for events must be a table of the schema/],
    ['prepared', [db, { users }, { prepared: true }], /no option "prepared": did you mean "prepare"/],
    ['prepare: 1', [db, { users }, { prepare: 1 }], /prepare is true or false, or left out/],
    ['true', [db, { users }, true], /drizzleAdapter takes an object with prepare/],
  ])('%s', ([, all, message]) => {
    expect(() => given(...all)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    )
  })
})
