// Checked by the compiler: what must compile, and, behind @ts-expect-error, what must not.
import { drizzleAdapter, isLive } from '@clerk-sync/adapter-drizzle'
import * as mysql from '@clerk-sync/adapter-drizzle/mysql'
import * as postgres from '@clerk-sync/adapter-drizzle/pg'
import * as sqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync, ensureUser } from '@clerk-sync/core'
import { eq, type SQL } from 'drizzle-orm'
import { drizzle as drizzleBetterSqlite } from 'drizzle-orm/better-sqlite3'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, primaryKey, serial, text, timestamp } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePlanetscale } from 'drizzle-orm/planetscale-serverless'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import { type BaseSQLiteDatabase, sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'
import { expectTypeOf } from 'vitest'

const users = pgTable('users', {
  id: postgres.clerkId().primaryKey(),
  email: text(),
  displayName: text(),
  lastSignInAt: timestamp(),
  score: integer().notNull().default(0),
  ...postgres.syncColumns(),
})
const blocks = pgTable('blocks', { id: serial().primaryKey(), userId: text().notNull() })
const events = postgres.clerkEventsTable()
const db = drizzle.mock({ schema: { users, blocks } })

// The default mapping fills what has the record's names; the key and the sync columns are nobody's business.
createClerkSync({ adapter: drizzleAdapter(db, { users }) })
createClerkSync({ adapter: drizzleAdapter(drizzlePostgresJs.mock(), { users }) })
// @ts-expect-error There is no such option.
drizzleAdapter(db, { user: users })
// @ts-expect-error The tables of another dialect.
drizzleAdapter(drizzleMysql.mock(), { users })

// A row that is found is the application's own.
const found = await createClerkSync({ adapter: drizzleAdapter(db, { users }) }).find('user', 'user_1')
expectTypeOf(found?.row).toEqualTypeOf<typeof users.$inferSelect | undefined>()
const ensured = await ensureUser(createClerkSync({ adapter: drizzleAdapter(db, { users }) }), {
  userId: 'user_1',
})
expectTypeOf(ensured).toEqualTypeOf<typeof users.$inferSelect | null>()

// A map is typed from the table, and its parameters from Clerk.
createClerkSync({
  adapter: drizzleAdapter(db, { users }),
  map: { user: (user, record) => ({ email: record.email, displayName: user.first_name, lastSignInAt: undefined }) },
})
createClerkSync({
  adapter: drizzleAdapter(db, { users }),
  map: { user: (_, record) => ({ ...record, displayName: 'x' }) },
})
// @ts-expect-error A column that the table does not have.
createClerkSync({ adapter: drizzleAdapter(db, { users }), map: { user: () => ({ emial: 'x' }) } })
// @ts-expect-error A value that the column does not take.
createClerkSync({ adapter: drizzleAdapter(db, { users }), map: { user: () => ({ email: 1 }) } })
// @ts-expect-error The version is the library's.
createClerkSync({ adapter: drizzleAdapter(db, { users }), map: { user: () => ({ clerkVersion: '1' }) } })
// @ts-expect-error The adapter was given no table for organizations.
createClerkSync({ adapter: drizzleAdapter(db, { users }), map: { organization: () => ({}) } })

// The library's columns may have other names: then these are nobody's business, and the row has them all.
const people = pgTable('people', {
  id: serial().primaryKey(),
  authId: postgres.clerkId().unique(),
  email: text(),
  deletedAt: timestamp(),
  syncVersion: text().notNull().default('0'),
  clerkDeletedAt: timestamp(),
})
const named = drizzleAdapter(db, {
  users: { table: people, key: 'authId', version: 'syncVersion', deletedAt: 'clerkDeletedAt' },
})
createClerkSync({ adapter: named, map: { user: (_, record) => ({ email: record.email }) } })
// @ts-expect-error The key is the library's.
createClerkSync({ adapter: named, map: { user: () => ({ authId: 'x' }) } })
// @ts-expect-error So is the time of the delete.
createClerkSync({ adapter: named, map: { user: () => ({ clerkDeletedAt: null }) } })
expectTypeOf((await createClerkSync({ adapter: named }).find('user', 'x'))?.row).toEqualTypeOf<
  typeof people.$inferSelect | undefined
>()

// A required column must be filled, also when the row is deleted.
const strict = pgTable('strict', {
  id: postgres.clerkId().primaryKey(),
  email: text().notNull(),
  ...postgres.syncColumns(),
})
// @ts-expect-error The record's e-mail address can be null.
createClerkSync({ adapter: drizzleAdapter(db, { users: strict }) })
createClerkSync({
  adapter: drizzleAdapter(db, { users: strict }),
  // @ts-expect-error Nothing says what a deleted row has for an e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
createClerkSync({
  adapter: drizzleAdapter(db, { users: strict }),
  map: {
    user: (_, record) => ({ email: record.email ?? `${record.id}@invalid` }),
    deletedUser: ({ id }) => ({ email: `${id}@invalid` }),
  },
})

// An own key beside a unique clerkId is not a column to fill.
const ownKey = pgTable('own', {
  id: serial().primaryKey(),
  clerkId: postgres.clerkId('clerk_id').notNull().unique(),
  ...postgres.syncColumns(),
})
createClerkSync({ adapter: drizzleAdapter(db, { users: ownKey }) })

// What every synced table needs.
// @ts-expect-error No sync columns.
drizzleAdapter(db, { users: pgTable('bare', { id: text().primaryKey() }) })
const nullable = pgTable('nullable', {
  id: text().primaryKey(),
  clerkVersion: text().default('0'),
  deletedAt: timestamp(),
})
// @ts-expect-error A nullable version.
drizzleAdapter(db, { users: nullable })
// @ts-expect-error A ledger of the application's own making.
drizzleAdapter(db, { users, events: blocks })

// `tx` is Drizzle's own transaction, with the schema of the database; `event` narrows by type.
createClerkSync({
  adapter: drizzleAdapter(db, { users, events }),
  on: {
    'user.deleted': async ({ event, tx }) => {
      await tx.delete(blocks).where(eq(blocks.userId, event.data.id ?? ''))
      await tx.query.users.findFirst()
    },
    'user.created': ({ event, tx }) => tx.insert(blocks).values({ userId: event.data.id }),
    'organization.created': ({ event, outcome }) => `${event.data.slug} ${outcome satisfies string}`,
    // @ts-expect-error There is no such event.
    'user.renamed': () => {},
  },
})

// MySQL.
const mysqlUsers = mysqlTable('users', {
  id: mysql.clerkId().primaryKey(),
  email: varchar({ length: 255 }),
  ...mysql.syncColumns(),
})
const mysqlBlocks = mysqlTable('blocks', { id: int().primaryKey() })
createClerkSync({
  adapter: drizzleAdapter(drizzleMysql.mock(), { users: mysqlUsers, events: mysql.clerkEventsTable() }),
  on: { 'user.created': async ({ tx }) => void (await tx.delete(mysqlBlocks)) },
})

// SQLite: on a synchronous driver, an asynchronous hook is an error.
const sqliteUsers = sqliteTable('users', {
  id: sqlite.clerkId().primaryKey(),
  email: sqliteText(),
  ...sqlite.syncColumns(),
})
const sqliteBlocks = sqliteTable('blocks', { id: sqliteText().primaryKey() })
const sqliteTables = { users: sqliteUsers, events: sqlite.clerkEventsTable() }
createClerkSync({
  adapter: drizzleAdapter(drizzleLibsql.mock(), sqliteTables),
  on: { 'user.created': async ({ tx }) => void (await tx.delete(sqliteBlocks)) },
})
createClerkSync({
  adapter: drizzleAdapter(drizzleBetterSqlite.mock(), sqliteTables),
  on: {
    'user.created': ({ tx }) => tx.delete(sqliteBlocks).run(),
    'user.updated': ({ tx }) => {
      tx.delete(sqliteBlocks).run()
    },
    // @ts-expect-error It would go on after the commit.
    'user.deleted': async ({ tx }) => {
      tx.delete(sqliteBlocks).run()
    },
  },
})

// Drivers without interactive transactions: a hook has the event and the outcome, and no `tx`.
createClerkSync({
  adapter: drizzleAdapter(drizzleNeon.mock({ schema: { users } }), { users, events }),
  on: {
    'user.created': async ({ event, outcome }) => `${event.data.id} ${outcome}`,
    // @ts-expect-error There is no transaction.
    'user.deleted': async ({ tx }) => tx,
  },
})
// D1 with the types of Workers, and without.
declare const d1: BaseSQLiteDatabase<
  'async',
  { success: true; meta: { changes: number }; results: unknown[] },
  Record<string, never>
>
declare const untypedD1: DrizzleD1Database<{ users: typeof sqliteUsers }>
createClerkSync({
  adapter: drizzleAdapter(d1, sqliteTables),
  // @ts-expect-error There is no transaction.
  on: { 'user.created': async ({ event, tx }) => `${event.id} ${tx}` },
})
createClerkSync({
  adapter: drizzleAdapter(untypedD1, sqliteTables),
  // @ts-expect-error There is no transaction.
  on: { 'user.created': async ({ event, tx }) => `${event.id} ${tx}` },
})
createClerkSync({
  adapter: drizzleAdapter(drizzlePlanetscale.mock(), { users: mysqlUsers, events: mysql.clerkEventsTable() }),
  on: { 'user.created': async ({ tx }) => void (await tx.delete(mysqlBlocks)) },
})

// Which rows are live, of a table whose versions are beside it.
const besideVersions = postgres.clerkVersionsTable()
const bareUsers = pgTable('users', { id: text().primaryKey() })
expectTypeOf(isLive(bareUsers, besideVersions)).toEqualTypeOf<SQL>()
expectTypeOf(isLive({ table: blocks, key: 'userId' }, besideVersions)).toEqualTypeOf<SQL>()
// @ts-expect-error Nothing says where the Clerk id is.
isLive(pgTable('unkeyed', { name: text() }), besideVersions)
// @ts-expect-error It has no such column.
isLive({ table: blocks, key: 'auth_id' }, besideVersions)
// @ts-expect-error That is no table of versions.
isLive(bareUsers, blocks)

// Tables of parts: their key is the user's id and their own, and their map gets one part.
const emailAddresses = pgTable(
  'email_addresses',
  {
    userId: postgres.clerkId('user_id').notNull(),
    id: postgres.clerkId().notNull(),
    emailAddress: text(),
    label: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.id] })],
)
createClerkSync({
  adapter: drizzleAdapter(db, { users, emailAddresses }),
  map: {
    emailAddress: (json, record) => {
      expectTypeOf(json.user_id).toEqualTypeOf<string>()
      expectTypeOf(record.isPrimary).toEqualTypeOf<boolean>()
      return { emailAddress: record.emailAddress, label: json.email_address }
    },
  },
})
// @ts-expect-error -- nothing fills label
createClerkSync({ adapter: drizzleAdapter(db, { users, emailAddresses }) })
createClerkSync({
  adapter: drizzleAdapter(db, { users, emailAddresses }),
  // @ts-expect-error -- the table has no such column
  map: { emailAddress: () => ({ label: '', address: 'ada@example.com' }) },
})
// @ts-expect-error -- it has no id of its user
drizzleAdapter(db, { users, emailAddresses: pgTable('parts', { id: postgres.clerkId() }) })
