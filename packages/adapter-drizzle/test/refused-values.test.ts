import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type RefusingStore, testRefusedValues } from '@clerk-sync/test-support/refused-values'
import { PGlite } from '@electric-sql/pglite'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'

const pgUsers = pg.pgTable('users', { id: ofPg.clerkId().primaryKey(), email: pg.text(), ...ofPg.syncColumns() })
const mysqlUsers = my.mysqlTable('users', {
  id: ofMysql.clerkId().primaryKey(),
  email: my.text(),
  ...ofMysql.syncColumns(),
})
const sqliteUsers = lite.sqliteTable('users', {
  id: ofSqlite.clerkId().primaryKey(),
  email: lite.text(),
  ...ofSqlite.syncColumns(),
})

type Query = RefusingStore['query']

/** Runs before, creates the table, and gives what is beside its sync. */
async function tableWith(query: Query, id: string, date: string, column: string, before?: string): Promise<void> {
  if (before) await query(before)
  const [definition, ...constraints] = column.split(', ')
  const columns = [`id ${id} primary key`, `email ${definition}`, `clerk_version varchar(34) not null default '0'`]
  await query(`create table users (${[...columns, `deleted_at ${date}`, ...constraints].join(', ')})`)
}

const onPostgres =
  (driver: 'node-postgres' | 'postgres.js') =>
  async (column: string, before?: string): Promise<RefusingStore> => {
    const url = await freshDatabase('postgres', 'drizzle_refused_values')
    const pool = new Pool({ connectionString: url, max: 2 })
    onTestFinished(() => pool.end())
    const query: Query = (text) => pool.query(text)
    await tableWith(query, 'text', 'timestamptz(3)', column, before)
    if (driver === 'node-postgres') {
      return { query, clerkSync: createClerkSync({ adapter: drizzleAdapter(drizzlePg(pool), { users: pgUsers }) }) }
    }
    const sql = postgres(url, { max: 2, onnotice: () => {} })
    onTestFinished(() => sql.end())
    return {
      query,
      clerkSync: createClerkSync({ adapter: drizzleAdapter(drizzlePostgresJs(sql), { users: pgUsers }) }),
    }
  }

async function onPglite(column: string, before?: string): Promise<RefusingStore> {
  const client = new PGlite()
  onTestFinished(() => client.close())
  const query: Query = (text) => client.query(text)
  await tableWith(query, 'text', 'timestamptz(3)', column, before)
  return { query, clerkSync: createClerkSync({ adapter: drizzleAdapter(drizzlePglite(client), { users: pgUsers }) }) }
}

const onMysql =
  (server: 'mysql' | 'mariadb') =>
  async (column: string, before?: string): Promise<RefusingStore> => {
    const pool = createPool({ uri: await freshDatabase(server, 'drizzle_refused_values'), connectionLimit: 2 })
    onTestFinished(() => pool.end())
    const query: Query = (text) => pool.query(text)
    await tableWith(query, 'varchar(255)', 'datetime(3)', column, before)
    const adapter = drizzleAdapter(drizzleMysql({ client: pool }), { users: mysqlUsers })
    return { query, clerkSync: createClerkSync({ adapter }) }
  }

async function onBetterSqlite(column: string, before?: string): Promise<RefusingStore> {
  const connection = new Database(':memory:')
  onTestFinished(() => {
    connection.close()
  })
  const query: Query = async (text) => connection.exec(text)
  await tableWith(query, 'text', 'integer', column, before)
  const adapter = drizzleAdapter(drizzleSqlite(connection), { users: sqliteUsers })
  return { query, clerkSync: createClerkSync({ adapter }) }
}

async function onLibsql(column: string, before?: string): Promise<RefusingStore> {
  const client = createClient({ url: ':memory:' })
  onTestFinished(() => client.close())
  const query: Query = (text) => client.execute(text)
  await tableWith(query, 'text', 'integer', column, before)
  return {
    query,
    clerkSync: createClerkSync({ adapter: drizzleAdapter(drizzleLibsql(client), { users: sqliteUsers }) }),
  }
}

testRefusedValues([
  ['node-postgres', 'postgres', onPostgres('node-postgres')],
  ['postgres.js', 'postgres', onPostgres('postgres.js')],
  ['pglite', 'postgres', onPglite],
  ['MySQL', 'mysql', onMysql('mysql')],
  ['MariaDB', 'mysql', onMysql('mariadb')],
  ['better-sqlite3', 'sqlite', onBetterSqlite],
  ['libsql', 'sqlite', onLibsql],
])
