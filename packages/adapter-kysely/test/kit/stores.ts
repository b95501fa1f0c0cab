import { freshDatabase } from '@clerk-sync/test-support/databases'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Sqlite from 'better-sqlite3'
import { type Dialect, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** An empty database, for as long as a test runs. */
export interface Store {
  readonly dialect: Dialect
  /** Past Kysely. */
  rows(statement: string): Promise<readonly Record<string, unknown>[]>
}

export async function openPostgres(suite: string): Promise<Store> {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', suite), max: 4 })
  onTestFinished(() => pool.end())
  return { dialect: new PostgresDialect({ pool }), rows: async (statement) => (await pool.query(statement)).rows }
}

const mysql =
  (server: 'mysql' | 'mariadb') =>
  async (suite: string): Promise<Store> => {
    const pool = createPool({ uri: await freshDatabase(server, suite), connectionLimit: 4, timezone: 'Z' })
    const promised = pool.promise()
    onTestFinished(() => promised.end())
    return {
      dialect: new MysqlDialect({ pool }),
      rows: async (statement) => {
        const [rows] = await promised.query(statement)
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
      },
    }
  }

async function sqlite(): Promise<Store> {
  const database = new Sqlite(':memory:')
  onTestFinished(() => {
    database.close()
  })
  return {
    dialect: new SqliteDialect({ database }),
    rows: queryOf(database),
  }
}

/** Every database, with what opens an empty one. */
export const stores: readonly [string, (suite: string) => Promise<Store>][] = [
  ['PostgreSQL', openPostgres],
  ['MySQL', mysql('mysql')],
  ['MariaDB', mysql('mariadb')],
  ['SQLite', sqlite],
]
