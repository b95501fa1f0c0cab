// What the compiler says where a usage cannot be right: the sentence itself, since @ts-expect-error takes any.
import { compileErrors } from '@clerk-sync/test-support/compile-errors'
import { expect, test } from 'vitest'

const prelude = `
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import {
  clerkDeadLettersTable,
  clerkEventsTable,
  clerkId,
  clerkVersionsTable,
  syncColumns,
} from '@clerk-sync/adapter-drizzle/pg'
import {
  clerkEventsTable as sqliteEvents,
  clerkId as sqliteId,
  syncColumns as sqliteColumns,
} from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { sqliteTable } from 'drizzle-orm/sqlite-core'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { drizzle as otherDrizzle } from 'drizzle-orm-0.45.0/node-postgres'
import { pgTable as otherTable } from 'drizzle-orm-0.45.0/pg-core'

const db = drizzle.mock()
const sqlite = drizzleSqlite.mock()
const sqliteUsers = sqliteTable('users', { id: sqliteId().primaryKey(), ...sqliteColumns() })
const events = clerkEventsTable()
const deadLetters = clerkDeadLettersTable()
const columns = { id: clerkId().primaryKey(), email: text(), ...syncColumns() }
const users = pgTable('users', columns)
const { clerkVersion, deletedAt, ...others } = columns
`

const usages = {
  'a table without the sync columns': {
    code: 'drizzleAdapter(db, { users: pgTable("people", others) })',
    sentence:
      'users lacks the columns clerkVersion and deletedAt: spread ...syncColumns() into it, or pass versions: clerkVersionsTable()',
  },
  'a table without the time of the delete': {
    code: 'drizzleAdapter(db, { sessions: pgTable("people", { ...others, clerkVersion }) })',
    sentence: 'sessions lacks the column deletedAt: spread ...syncColumns() into it',
  },
  'a table without a version': {
    code: 'drizzleAdapter(db, { users: pgTable("people", { ...others, deletedAt }) })',
    sentence:
      'users lacks the column clerkVersion: spread ...syncColumns() into it, or pass versions: clerkVersionsTable()',
  },
  'a table without a Clerk id, with its versions beside': {
    code: 'drizzleAdapter(db, { users: pgTable("people", { email: text() }), versions: clerkVersionsTable() })',
    sentence: 'users has no column for the Clerk id: add id: clerkId().primaryKey()',
  },
  'versions that are no such table': {
    code: 'drizzleAdapter(db, { users: pgTable("people", others), versions: events })',
    sentence: 'versions are those of tables without sync columns: pass what clerkVersionsTable() made',
  },
  'a version without a default': {
    code: 'drizzleAdapter(db, { users: pgTable("people", { ...columns, clerkVersion: text().notNull() }) })',
    sentence: "users.clerkVersion must be .notNull().default('0'): spread ...syncColumns() into the table",
  },
  'a table without a Clerk id': {
    code: 'drizzleAdapter(db, { users: pgTable("people", { email: text(), ...syncColumns() }) })',
    sentence: 'users has no column for the Clerk id: add id: clerkId().primaryKey()',
  },
  'an entity in the place of a table': {
    code: 'drizzleAdapter(db, { user: users })',
    sentence: 'There is no table "user": did you mean "users"?',
  },
  'memberships by half their name': {
    code: 'drizzleAdapter(db, { users, memberships: users })',
    sentence: 'There is no table "memberships": did you mean "organizationMemberships"?',
  },
  'a table of something else': {
    code: 'drizzleAdapter(db, { users, posts: users })',
    sentence:
      'There is no table "posts": tables go by the plural of their entity, such as users, and the ledger is events',
  },
  'a table of another dialect': {
    code: 'drizzleAdapter(db, { users: mysqlTable("users", { id: varchar({ length: 255 }) }) })',
    sentence: "users is a table of another dialect than the database's",
  },
  'a table made by another copy of drizzle-orm': {
    code: 'drizzleAdapter(db, { users: otherTable("users", columns) })',
    sentence:
      'Two copies of drizzle-orm are installed, and users was made by the one that clerk-sync does not use: install one version',
  },
  'a database made by another copy of drizzle-orm': {
    code: 'drizzleAdapter(otherDrizzle.mock(), { users })',
    sentence:
      'Two copies of drizzle-orm are installed, and the database was made by the one that clerk-sync does not use: install one version',
  },
  'no database': {
    code: 'drizzleAdapter({}, { users })',
    sentence: 'drizzleAdapter takes the database first, as drizzle() returned it',
  },
  "a ledger of the application's own": {
    code: 'drizzleAdapter(db, { users, events: users })',
    sentence: 'events is the ledger: pass what clerkEventsTable() made',
  },
  "the application's own table for dead letters": {
    code: 'drizzleAdapter(db, { users, deadLetters: users })',
    sentence: 'deadLetters keeps refused events: pass what clerkDeadLettersTable() made',
  },
  'the ledger for dead letters': {
    code: 'drizzleAdapter(db, { users, events, deadLetters: events })',
    sentence: 'deadLetters keeps refused events: pass what clerkDeadLettersTable() made',
  },
  'dead letters without their capital': {
    code: 'drizzleAdapter(db, { users, deadletters: deadLetters })',
    sentence: 'There is no table "deadletters": did you mean "deadLetters"?',
  },
  'hooks without a ledger': {
    code: `createClerkSync({ adapter: drizzleAdapter(db, { users }), on: { 'user.created': () => {} } })`,
    sentence: 'Hooks need the ledger: pass the adapter its events table',
  },
  'an async hook on a synchronous driver': {
    code: `createClerkSync({
      adapter: drizzleAdapter(sqlite, { users: sqliteUsers, events: sqliteEvents() }),
      on: { 'user.created': async ({ tx }) => void (await tx.select().from(sqliteUsers)) },
    })`,
    sentence:
      'The driver is synchronous, and so must its hooks be: leave async out, and end each query with .run(), .get() or .all()',
  },
  'a column that nothing fills': {
    code: 'createClerkSync({ adapter: drizzleAdapter(db, { users: pgTable("users", { ...columns, plan: text().notNull() }) }) })',
    sentence: 'map.user must be given: nothing else fills "plan" of its table',
  },
} as const

const right = `
createClerkSync({
  adapter: drizzleAdapter(db, { users, events, deadLetters }),
  on: { 'user.created': async ({ tx }) => void (await tx.select().from(users)) },
})`

const pieces = Object.entries({ ...usages, right: { code: right } }).map(([name, { code }]) => [name, prelude + code])
const errors = compileErrors(import.meta.dirname, Object.fromEntries(pieces))

test.each(Object.entries(usages))('%s: the compiler says what is wrong', (name, { sentence }) => {
  expect(errors[name]).toEqual([expect.stringContaining(JSON.stringify(sentence))])
  expect(errors[name]?.[0]?.length).toBeLessThan(2000)
})

test('what is right compiles', () => {
  expect(errors.right).toEqual([])
})
