// Rows that were there before get their Clerk ids also where the versions are beside the table.
import { type ClerkVersionsTable, kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { createLinkedTable, type LinkedStore, testLinkingBeside } from '@clerk-sync/test-support/linking-beside'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { type Dialect, type Generated, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import { Pool } from 'pg'
import { onTestFinished } from 'vitest'

interface Tables {
  users: { id: Generated<number>; clerk_id: string | null; email: string | null; name: string | null }
  clerk_versions: ClerkVersionsTable
}

async function storeOn(kind: 'postgres' | 'mysql' | 'sqlite', query: Query, dialect: Dialect): Promise<LinkedStore> {
  await createLinkedTable(query, kind)
  const db = new Kysely<Tables>({ dialect })
  onTestFinished(() => db.destroy())
  const users = { table: 'users', key: 'clerk_id', columns: ['email', 'name'] } as const
  return { query, adapter: kyselyAdapter(db, { users, versions: 'clerk_versions' }) as never }
}

async function postgres(): Promise<LinkedStore> {
  const connectionString = await freshDatabase('postgres', 'kysely_linking_beside')
  const dialect = new PostgresDialect({ pool: new Pool({ connectionString }) })
  return storeOn('postgres', rawPostgres(connectionString, onTestFinished), dialect)
}

const mysql = (server: 'mysql' | 'mariadb') => async (): Promise<LinkedStore> => {
  const uri = await freshDatabase(server, 'kysely_linking_beside')
  return storeOn('mysql', rawMysql(uri, onTestFinished), new MysqlDialect({ pool: createPool({ uri }) }))
}

async function sqlite(): Promise<LinkedStore> {
  const { file, query } = rawSqlite(onTestFinished)
  return storeOn('sqlite', query, new SqliteDialect({ database: new Database(file) }))
}

testLinkingBeside('Kysely on PostgreSQL', postgres)
testLinkingBeside('Kysely on MySQL', mysql('mysql'))
testLinkingBeside('Kysely on MariaDB', mysql('mariadb'))
testLinkingBeside('Kysely on SQLite', sqlite)
