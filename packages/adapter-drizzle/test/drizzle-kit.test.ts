import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import Database from 'better-sqlite3'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

const home = join(import.meta.dirname, '..')

/** An empty database, and a folder for migrations. */
interface Store {
  readonly url: string
  readonly folder: string
  query(text: string): Promise<readonly unknown[]>
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-drizzle-kit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function openPostgres(): Promise<Store> {
  const url = await freshDatabase('postgres', 'drizzle_kit')
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  onTestFinished(() => pool.end())
  return { url, folder: folderOf(), query: async (text) => (await pool.query(text)).rows }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<Store> => {
  const url = await freshDatabase(server, 'drizzle_kit')
  const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
  onTestFinished(() => pool.end())
  return { url, folder: folderOf(), query: async (text) => (await pool.query<RowDataPacket[]>(text))[0] }
}

async function openSqlite(): Promise<Store> {
  const folder = folderOf()
  const url = join(folder, 'test.db')
  const query = async (text: string) => {
    const database = new Database(url)
    try {
      const statement = database.prepare(text)
      return statement.reader ? statement.all() : [statement.run()]
    } finally {
      database.close()
    }
  }
  return { url, folder, query }
}

/** The command, as a user runs it. What it prints tells what it did: it exits with 0 even where it failed. */
async function drizzleKit(command: string, ...options: string[]): Promise<string> {
  const bin = join(home, 'node_modules/drizzle-kit/bin.cjs')
  const { stdout } = await promisify(execFile)(process.execPath, [bin, command, ...options], { cwd: home })
  return stdout
}

const push = (dialect: string, schema: string, { url }: Store) =>
  drizzleKit('push', '--force', '--verbose', '--dialect', dialect, '--schema', `test/push/${schema}.ts`, '--url', url)

const TABLES = ['accounts', 'users', 'organizations', 'memberships', 'clerk_events']
const FULL = { accounts: 2, users: 1, organizations: 1, memberships: 1, clerk_events: 1 }

const fillBefore = ({ query }: Store) =>
  query("insert into accounts (email) values ('one@example.com'), ('two@example.com')")

async function fill({ query }: Store, dialect: string): Promise<void> {
  const date = dialect === 'sqlite' ? 1_760_000_000_000 : "'2026-01-01'"
  await query("insert into users (id, clerk_version) values ('user_a', '1')")
  await query("insert into organizations (clerk_id) values ('org_a')")
  await query("insert into memberships (id, user_id, organization_id) values ('orgmem_a', 'user_a', 'org_a')")
  await query(`insert into clerk_events values ('msg_a', 'user.created', 'user_a', ${date}, ${date})`)
}

const contents = ({ query }: Store) => Promise.all(TABLES.map((table) => query(`select * from ${table}`)))

async function expectFull(store: Store): Promise<void> {
  const rows = await contents(store)
  expect(Object.fromEntries(TABLES.map((table, index) => [table, rows[index]?.length]))).toEqual(FULL)
}

const databases: readonly [string, string, string, () => Promise<Store>][] = [
  ['PostgreSQL', 'postgresql', 'pg', openPostgres],
  ['MySQL', 'mysql', 'mysql', openMysql('mysql')],
  ['SQLite', 'sqlite', 'sqlite', openSqlite],
]

const mariadb = openMysql('mariadb')

describe('drizzle-kit push', { timeout: 120_000 }, () => {
  it.for(databases)('on %s adds the columns to a full table, and then has nothing to do', async ([, ...given]) => {
    const [dialect, schema, open] = given
    const store = await open()
    expect(await push(dialect, `${schema}-before`, store)).toContain('Changes applied')
    await fillBefore(store)
    expect(await push(dialect, schema, store)).toContain('Changes applied')
    await fill(store, dialect)
    await expectFull(store)
    expect(await push(dialect, schema, store)).toContain('No changes detected')
    await expectFull(store)
  })

  // drizzle-kit does not know MariaDB, whatever the table: it reads `int` back as `int(11)` and empties the table, every
  // default looks changed to it, and every primary key missing. What it reads of the helpers' types is what they say.
  it('on MariaDB empties no table whose columns are the helpers’ alone', async () => {
    const store = await mariadb()
    expect(await push('mysql', 'mysql', store)).toContain('Changes applied')
    await fillBefore(store)
    await fill(store, 'mysql')
    const own = ['users', 'memberships', 'clerk_events']
    const definitions = () => Promise.all(own.map((table) => store.query(`show create table ${table}`)))
    const before = await definitions()
    const second = await push('mysql', 'mysql', store)
    expect(second.match(/truncate table \w+/g)).toEqual(['truncate table accounts', 'truncate table organizations'])
    for (const table of own) expect(await store.query(`select * from ${table}`)).toHaveLength(1)
    expect(await definitions()).toEqual(before)
  })
})

describe('drizzle-kit generate', { timeout: 120_000 }, () => {
  it.for([...databases, ['MariaDB', 'mysql', 'mysql', mariadb] as const])(
    'on %s migrates a full table, and then finds no change',
    async ([, dialect, schema, open]) => {
      const store = await open()
      // It takes a path from its own folder, and no other.
      const out = relative(home, join(store.folder, 'migrations'))
      const generate = (from: string) =>
        drizzleKit('generate', '--dialect', dialect, '--schema', `test/push/${from}.ts`, '--out', out)
      const config = join(store.folder, 'drizzle.config.json')
      writeFileSync(config, JSON.stringify({ dialect, out, dbCredentials: { url: store.url } }))
      const migrate = () => drizzleKit('migrate', '--config', relative(home, config))

      expect(await generate(`${schema}-before`)).toContain('Your SQL migration file')
      expect(await migrate()).toContain('migrations applied successfully')
      await fillBefore(store)
      expect(await generate(schema)).toContain('Your SQL migration file')
      expect(await migrate()).toContain('migrations applied successfully')
      await fill(store, dialect)
      await expectFull(store)
      expect(await generate(schema)).toContain('No schema changes')
      expect(readdirSync(join(home, out)).filter((file) => file.endsWith('.sql'))).toHaveLength(2)
    },
  )
})
