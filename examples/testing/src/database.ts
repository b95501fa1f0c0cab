import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import Sqlite from 'better-sqlite3'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { type Relay, relayTo } from './relay.ts'

type Rows = readonly Readonly<Record<string, unknown>>[]

/** An empty database for one example, and a connection to it that is not the example's. */
export interface ExampleDatabase {
  /** For the example: the way through which the database can go away. */
  readonly url: string
  /** With `?` for parameters, on every database. Of several statements, without parameters, nothing comes back. */
  query(sql: string, ...params: unknown[]): Promise<Rows>
  away(): Promise<void>
  back(): Promise<void>
  close(): Promise<void>
}

export async function postgresDatabase(name: string): Promise<ExampleDatabase> {
  const server = new URL(await serverUrl('CLERK_SYNC_POSTGRES_URL'))
  const admin = new pg.Client(server.href)
  await admin.connect()
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.query(`create database ${name}`)
  await admin.end()
  server.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: server.href, max: 2 })
  return served(await relayTo(server.href), {
    async query(sql, ...params) {
      let n = 0
      const result = await pool.query(params.length > 0 ? sql.replaceAll('?', () => `$${++n}`) : sql, params)
      return Array.isArray(result) ? [] : result.rows
    },
    close: () => pool.end(),
  })
}

export async function mysqlDatabase(name: string): Promise<ExampleDatabase> {
  const server = new URL(await serverUrl('CLERK_SYNC_MYSQL_URL'))
  const admin = await mysql.createConnection(server.href)
  await admin.query(`drop database if exists ${name}`)
  await admin.query(`create database ${name}`)
  await admin.end()
  server.pathname = `/${name}`
  const pool = mysql.createPool({ uri: server.href, connectionLimit: 2, multipleStatements: true })
  return served(await relayTo(server.href), {
    async query(sql, ...params) {
      const [rows] = await pool.query<RowDataPacket[]>(sql, params)
      return rows
    },
    close: () => pool.end(),
  })
}

/**
 * A file: a new one, or one that is there and stays. `url` is its path; while it is "away", somebody else holds its lock.
 */
export async function sqliteDatabase(existing?: string): Promise<ExampleDatabase> {
  const folder = existing ? undefined : mkdtempSync(join(tmpdir(), 'clerk-sync-example-'))
  const url = existing ?? join(folder ?? '', 'example.db')
  const db = new Sqlite(url, { timeout: 10_000, fileMustExist: existing !== undefined })
  db.pragma('journal_mode = wal')
  return {
    url,
    async query(sql, ...params) {
      if (params.length === 0 && sql.includes(';')) return db.exec(sql) && []
      const statement = db.prepare<unknown[], Record<string, unknown>>(sql)
      if (statement.reader) return statement.all(...params)
      statement.run(...params)
      return []
    },
    away: async () => void db.exec('begin immediate'),
    back: async () => void db.exec('rollback'),
    async close() {
      db.close()
      if (folder) rmSync(folder, { recursive: true })
    },
  }
}

function served(relay: Relay, connection: Pick<ExampleDatabase, 'query' | 'close'>): ExampleDatabase {
  return {
    url: relay.url,
    query: connection.query,
    away: relay.goAway,
    back: relay.comeBack,
    async close() {
      await connection.close()
      await relay.close()
    },
  }
}
