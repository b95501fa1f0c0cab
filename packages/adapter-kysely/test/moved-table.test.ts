import { createClerkSync, type DeleteMode } from '@clerk-sync/core'
import { mysqlTables, postgresTables, sqliteTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type MovedStore, migratingSqlite, testMove } from '@clerk-sync/test-support/moved-table'
import Database from 'better-sqlite3'
import { type Dialect, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const start = (dialect: () => Dialect) => (versions: Versions, onDelete?: DeleteMode) =>
  createClerkSync({
    adapter: adapterOf(open(dialect()), 'plain', { versions }),
    ...(onDelete && { onDelete }),
    on: {
      'user.created': ({ event, tx }) => hooks.effect(tx, { userId: event.data.id, eventId: event.id }),
    },
  })

async function postgres(): Promise<MovedStore> {
  const { url, query } = await postgresTables('kysely_moved', onTestFinished)
  const dialect = () => {
    const pool = new pg.Pool({ connectionString: url, max: 4 })
    onTestFinished(() => pool.end())
    return new PostgresDialect({ pool })
  }
  return { dialect: 'postgres', query, start: start(dialect) }
}

const mysql = (server: 'mysql' | 'mariadb') => async (): Promise<MovedStore> => {
  const { url, query } = await mysqlTables(server, 'kysely_moved', onTestFinished)
  const dialect = () => {
    const pool = createPool({ uri: url, connectionLimit: 4, timezone: 'Z' })
    onTestFinished(() => pool.promise().end())
    return new MysqlDialect({ pool })
  }
  return { dialect: 'mysql', query, start: start(dialect) }
}

async function sqlite(): Promise<MovedStore> {
  const { file } = await sqliteTables(onTestFinished)
  const dialect = () => {
    const database = new Database(file, { timeout: 0 })
    onTestFinished(() => void database.close())
    return new SqliteDialect({ database })
  }
  return { dialect: 'sqlite', query: migratingSqlite(file, onTestFinished), start: start(dialect) }
}

testMove([
  ['PostgreSQL', postgres],
  ['MySQL', mysql('mysql')],
  ['MariaDB', mysql('mariadb')],
  ['SQLite', sqlite],
])
