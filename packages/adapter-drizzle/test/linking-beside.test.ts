// Rows that were there before get their Clerk ids also where the versions are beside the table.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { createLinkedTable, type LinkedStore, testLinkingBeside } from '@clerk-sync/test-support/linking-beside'
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

async function postgres(): Promise<LinkedStore> {
  const connectionString = await freshDatabase('postgres', 'drizzle_linking_beside')
  const query = rawPostgres(connectionString, onTestFinished)
  await createLinkedTable(query, 'postgres')
  const pool = new Pool({ connectionString })
  onTestFinished(() => pool.end())
  const users = pg.pgTable('users', {
    id: pg.integer().primaryKey().generatedByDefaultAsIdentity(),
    clerkId: ofPg.clerkId('clerk_id').unique(),
    email: pg.text(),
    name: pg.text(),
  })
  return { query, adapter: drizzleAdapter(drizzlePg(pool), { users, versions: ofPg.clerkVersionsTable() }) as never }
}

async function mysql(): Promise<LinkedStore> {
  const uri = await freshDatabase('mysql', 'drizzle_linking_beside')
  const query = rawMysql(uri, onTestFinished)
  await createLinkedTable(query, 'mysql')
  const client = createPool({ uri })
  onTestFinished(() => client.end())
  const users = my.mysqlTable('users', {
    id: my.int().primaryKey().autoincrement(),
    clerkId: ofMysql.clerkId('clerk_id').unique(),
    email: my.varchar({ length: 255 }),
    name: my.varchar({ length: 255 }),
  })
  const versions = ofMysql.clerkVersionsTable()
  return { query, adapter: drizzleAdapter(drizzleMysql({ client }), { users, versions }) as never }
}

async function sqlite(): Promise<LinkedStore> {
  const { file, query } = rawSqlite(onTestFinished)
  await createLinkedTable(query, 'sqlite')
  const client = new Database(file)
  onTestFinished(() => void client.close())
  const users = lite.sqliteTable('users', {
    id: lite.integer().primaryKey(),
    clerkId: ofSqlite.clerkId('clerk_id').unique(),
    email: lite.text(),
    name: lite.text(),
  })
  return {
    query,
    adapter: drizzleAdapter(drizzleSqlite(client), { users, versions: ofSqlite.clerkVersionsTable() }) as never,
  }
}

testLinkingBeside('Drizzle on PostgreSQL', postgres)
testLinkingBeside('Drizzle on MySQL', mysql)
testLinkingBeside('Drizzle on SQLite', sqlite)
