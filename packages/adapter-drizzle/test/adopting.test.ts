// A table that had users before Clerk, adopted by the steps of docs/adopting.md.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { onTestFinished } from 'vitest'

const pgUsers = pg.pgTable('users', {
  id: pg.integer().primaryKey().generatedByDefaultAsIdentity(),
  clerkId: ofPg.clerkId('clerk_id').unique('users_clerk_id'),
  email: pg.text().notNull(),
  emailConfirmed: pg.boolean('email_confirmed').notNull().default(false),
  firstName: pg.text('first_name'),
  lastName: pg.text('last_name'),
  plan: pg.text(),
  ...ofPg.syncColumns(),
})

const myUsers = my.mysqlTable('users', {
  id: my.int().primaryKey().autoincrement(),
  clerkId: ofMysql.clerkId('clerk_id').unique('users_clerk_id'),
  email: my.varchar({ length: 255 }).notNull(),
  emailConfirmed: my.boolean('email_confirmed').notNull().default(false),
  firstName: my.varchar('first_name', { length: 255 }),
  lastName: my.varchar('last_name', { length: 255 }),
  plan: my.varchar({ length: 255 }),
  ...ofMysql.syncColumns(),
})

const liteUsers = lite.sqliteTable('users', {
  id: lite.integer().primaryKey(),
  clerkId: ofSqlite.clerkId('clerk_id').unique('users_clerk_id'),
  email: lite.text().notNull(),
  emailConfirmed: lite.integer('email_confirmed', { mode: 'boolean' }).notNull().default(false),
  firstName: lite.text('first_name'),
  lastName: lite.text('last_name'),
  plan: lite.text(),
  ...ofSqlite.syncColumns(),
})

const user = (_: unknown, { email, firstName, lastName }: UserRecord) => ({ email: email ?? '', firstName, lastName })
const deletedUser = ({ id }: { readonly id: string }) => ({ email: `${id}@deleted.invalid` })

async function postgres(): Promise<AdoptedStore> {
  const connectionString = await freshDatabase('postgres', 'drizzle_adopting')
  return {
    dialect: 'postgres',
    query: rawPostgres(connectionString, onTestFinished),
    start: (link) => {
      const pool = new Pool({ connectionString })
      onTestFinished(() => pool.end())
      const adapter = drizzleAdapter(drizzlePg(pool), { users: pgUsers })
      return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
    },
  }
}

async function mysql(): Promise<AdoptedStore> {
  const uri = await freshDatabase('mysql', 'drizzle_adopting')
  return {
    dialect: 'mysql',
    query: rawMysql(uri, onTestFinished),
    start: (link) => {
      const pool = createPool({ uri })
      onTestFinished(() => pool.end())
      const adapter = drizzleAdapter(drizzleMysql({ client: pool }), { users: myUsers })
      return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
    },
  }
}

async function sqlite(): Promise<AdoptedStore> {
  const { file, query } = rawSqlite(onTestFinished)
  return {
    dialect: 'sqlite',
    query,
    start: (link) => {
      const client = new Database(file)
      onTestFinished(() => void client.close())
      const adapter = drizzleAdapter(drizzleSqlite(client), { users: liteUsers })
      return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
    },
  }
}

testAdopting('Drizzle on PostgreSQL', postgres)
testAdopting('Drizzle on MySQL', mysql)
testAdopting('Drizzle on SQLite', sqlite)
