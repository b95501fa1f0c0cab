// Checked by the compiler: rows that were there before are linked by columns that they have, and never without a proof.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as mysql from '@clerk-sync/adapter-drizzle/mysql'
import * as postgres from '@clerk-sync/adapter-drizzle/pg'
import * as sqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { int, datetime as mysqlDatetime, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'
import { integer, sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'

declare const until: Date

const users = pgTable('users', {
  id: serial().primaryKey(),
  clerkId: postgres.clerkId('clerk_id').unique(),
  email: text(),
  provenAt: timestamp('proven_at'),
  ...postgres.syncColumns(),
})
const adapter = drizzleAdapter(drizzle.mock(), { users })

// What a row has is what the application's own queries give.
createClerkSync({ adapter, link: { by: 'email', proven: (row) => row.provenAt !== null, until } })
createClerkSync({ adapter, link: { by: 'external_id', column: 'id', until } })
createClerkSync({ adapter, link: { by: ({ public_metadata: { old } }) => String(old), column: 'id', until } })
const clerkSync = createClerkSync({ adapter })
backfill(clerkSync, { link: { by: 'email', column: 'email', proven: (row) => row.provenAt !== null } })
backfill(clerkSync, { link: { by: 'external_id', column: 'id', proven: (row) => row.provenAt !== null }, dryRun: true })

// An unproven address would give one user's row to another.
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter, link: { by: 'email', until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
backfill(clerkSync, { link: { by: 'email' } })
// @ts-expect-error That all were is said by a function.
backfill(clerkSync, { link: { by: 'email', proven: true } })
// @ts-expect-error A promise is always true.
backfill(clerkSync, { link: { by: 'email', proven: async (row) => row.provenAt !== null } })
// @ts-expect-error The user can write it.
backfill(clerkSync, { link: { by: ({ unsafe_metadata }) => String(unsafe_metadata), column: 'id' } })

// Columns are those of the table.
// @ts-expect-error The row has no such column.
createClerkSync({ adapter, link: { by: 'email', proven: (row) => row.verified, until } })
// @ts-expect-error The row has no such column.
backfill(clerkSync, { link: { by: 'email', proven: (row) => row.verified } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter, link: { by: 'email', column: 'mail', proven: () => true, until } })
// @ts-expect-error There is no such column.
backfill(clerkSync, { link: { by: 'external_id', column: 'proven_at' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: 'external_id' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: () => 1 } })
// @ts-expect-error When is the move over?
createClerkSync({ adapter, link: { by: 'external_id', column: 'id' } })

// In the other dialects as well.
const inMysql = mysqlTable('users', {
  id: int().primaryKey().autoincrement(),
  clerkId: mysql.clerkId('clerk_id').unique(),
  email: varchar({ length: 320 }),
  provenAt: mysqlDatetime('proven_at'),
  ...mysql.syncColumns(),
})
const onMysql = drizzleAdapter(drizzleMysql.mock(), { users: inMysql })
createClerkSync({ adapter: onMysql, link: { by: 'email', proven: (row) => row.provenAt !== null, until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter: onMysql, link: { by: 'email', until } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter: onMysql, link: { by: 'external_id', column: 'proven_at', until } })
const inSqlite = sqliteTable('users', {
  id: integer().primaryKey(),
  clerkId: sqlite.clerkId('clerk_id').unique(),
  email: sqliteText(),
  provenAt: integer('proven_at', { mode: 'timestamp' }),
  ...sqlite.syncColumns(),
})
const onSqlite = drizzleAdapter(drizzleSqlite.mock(), { users: inSqlite })
createClerkSync({ adapter: onSqlite, link: { by: 'email', proven: (row) => row.provenAt !== null, until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter: onSqlite, link: { by: 'email', until } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter: onSqlite, link: { by: 'external_id', column: 'proven_at', until } })
