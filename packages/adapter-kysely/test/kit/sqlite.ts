import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'

/** What the tests of all SQLite drivers share: a database file with the kit's tables, and a raw connection to it. */
export async function rawSqlite(): Promise<Pick<SqlTables, 'read' | 'insert' | 'triggers'> & { file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-'))
  const file = join(folder, 'test.db')
  const raw = new Database(file)
  raw.pragma('journal_mode = WAL')
  afterAll(() => {
    raw.close()
    rmSync(folder, { recursive: true })
  })
  const { create, read, insert, triggers } = sqlTables('sqlite', async (text, values) => {
    const statement = raw.prepare<unknown[], Record<string, unknown>>(text)
    if (statement.reader) return statement.all(...values)
    statement.run(...values)
    return []
  })
  await create()
  return { file, read, insert, triggers }
}
