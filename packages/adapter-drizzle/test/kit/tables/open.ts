import { inSnakeCase } from '@clerk-sync/test-support/applications'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { queryOf, rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import Sqlite from 'better-sqlite3'
import {
  generateDrizzleJson,
  generateMigration,
  generateMySQLDrizzleJson,
  generateMySQLMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** An empty database, and the schema of an application as drizzle-kit creates it there. */
export async function openPostgres(suite: string, schema: Record<string, unknown>) {
  const url = await freshDatabase('postgres', suite)
  const query = rawPostgres(url, onTestFinished)
  const statements = await generateMigration(generateDrizzleJson({}), generateDrizzleJson({ ...schema }))
  for (const statement of statements) await query(statement)
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  onTestFinished(() => pool.end())
  return { url, db: drizzlePostgres(pool), query, named: inSnakeCase('"') }
}

export const openMysql = (server: 'mysql' | 'mariadb') => async (schema: Record<string, unknown>) => {
  const url = await freshDatabase(server, 'drizzle_tables')
  const query = rawMysql(url, onTestFinished)
  const [empty, whole] = [await generateMySQLDrizzleJson({}), await generateMySQLDrizzleJson({ ...schema })]
  for (const statement of await generateMySQLMigration(empty, whole)) await query(statement)
  const pool = mysql.createPool({ uri: url, connectionLimit: 2 })
  onTestFinished(() => pool.end())
  return { db: drizzleMysql({ client: pool }), query, named: inSnakeCase('`') }
}

export async function openSqlite(schema: Record<string, unknown>) {
  const database = new Sqlite(':memory:')
  onTestFinished(() => {
    database.close()
  })
  const query = queryOf(database)
  const [empty, whole] = [await generateSQLiteDrizzleJson({}), await generateSQLiteDrizzleJson({ ...schema })]
  for (const statement of await generateSQLiteMigration(empty, whole)) await query(statement)
  return { db: drizzleSqlite(database), query, named: inSnakeCase('"') }
}
