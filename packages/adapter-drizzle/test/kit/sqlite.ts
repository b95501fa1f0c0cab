import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Harness } from '@clerk-sync/adapter-testkit'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'
import { createTables, insertRaw, selectRaw, sqlite } from './dialects.ts'

/** What the harnesses of all SQLite drivers share: a database file with the tables, and a raw connection to it. */
export function rawSqlite(): Pick<Harness, 'read' | 'insert'> & { file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-'))
  const file = join(folder, 'test.db')
  const raw = new Database(file)
  raw.pragma('journal_mode = WAL')
  for (const statement of createTables(sqlite)) raw.exec(statement)
  afterAll(() => {
    raw.close()
    rmSync(folder, { recursive: true })
  })
  return {
    file,
    read: (table, keys) =>
      raw
        .prepare<string[], Record<string, unknown>>(selectRaw(sqlite, table, keys.map(() => '?').join(', ')))
        .all(...keys),
    insert: (table, row) => {
      const { sql, values } = insertRaw(sqlite, table, row, () => '?')
      return raw.prepare(sql).run(values.map(stored))
    },
  }
}

function stored(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}
