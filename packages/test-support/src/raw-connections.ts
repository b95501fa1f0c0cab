import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawRow } from '@clerk-sync/adapter-testkit'
import Database from 'better-sqlite3'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

/** Vitest's `afterAll`, or `onTestFinished` for what lives as long as a test. */
export type WhenDone = (close: () => Promise<void>) => void

/** Runs a statement past the adapter and its connections, and gives the rows. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly RawRow[]>

export function rawPostgres(connectionString: string, whenDone: WhenDone, types?: pg.CustomTypesConfig): Query {
  const pool = new pg.Pool({ connectionString, max: 4, ...(types && { types }) })
  // A server that a test restarts takes idle connections with it.
  pool.on('error', () => {})
  whenDone(() => pool.end())
  return async (sql, values = []) => (await pool.query(sql, [...values])).rows
}

export function rawMysql(uri: string, whenDone: WhenDone): Query {
  const pool = mysql.createPool({ uri, connectionLimit: 4, timezone: 'Z' })
  whenDone(() => pool.end())
  return async (sql, values = []) => {
    const [rows] = await pool.query<RowDataPacket[]>(sql, [...values])
    return rows
  }
}

/** A connection to a new file, which goes with it. */
export function rawSqlite(
  whenDone: WhenDone,
  journal: 'WAL' | 'DELETE' = 'WAL',
): { readonly file: string; readonly query: Query } {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-'))
  const file = join(folder, 'test.db')
  const database = new Database(file)
  database.pragma(`journal_mode = ${journal}`)
  whenDone(async () => {
    database.close()
    rmSync(folder, { recursive: true })
  })
  return { file, query: queryOf(database) }
}

export function queryOf(database: Database.Database): Query {
  return async (sql, values = []) => {
    const statement = database.prepare<unknown[], RawRow>(sql)
    if (statement.reader) return statement.all(...values)
    statement.run(...values)
    return []
  }
}
