import type { ServerVariable } from '@clerk-sync/bare-machine/server-url'
import Sqlite from 'better-sqlite3'
import { type Dialect, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freshMysql } from './mysql.ts'
import { freshDatabase } from './postgres.ts'

/** An empty database, for as long as a test runs. */
export interface Store {
  readonly dialect: Dialect
  /** Past Kysely. */
  rows(statement: string): Promise<readonly Record<string, unknown>[]>
}

export async function openPostgres(suite: string): Promise<Store> {
  const pool = new pg.Pool({ connectionString: await freshDatabase(suite), max: 4 })
  onTestFinished(() => pool.end())
  return { dialect: new PostgresDialect({ pool }), rows: async (statement) => (await pool.query(statement)).rows }
}

const mysql =
  (variable: ServerVariable) =>
  async (suite: string): Promise<Store> => {
    const pool = createPool({ uri: await freshMysql(variable, suite), connectionLimit: 4, timezone: 'Z' })
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
    rows: async (text) => {
      const statement = database.prepare<unknown[], Record<string, unknown>>(text)
      if (statement.reader) return statement.all()
      statement.run()
      return []
    },
  }
}

/** Every database, with what opens an empty one. */
export const stores: readonly [string, (suite: string) => Promise<Store>][] = [
  ['PostgreSQL', openPostgres],
  ['MySQL', mysql('CLERK_SYNC_MYSQL_URL')],
  ['MariaDB', mysql('CLERK_SYNC_MARIADB_URL')],
  ['SQLite', sqlite],
]
