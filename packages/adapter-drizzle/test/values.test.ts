import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as mysqlSync from '@clerk-sync/adapter-drizzle/mysql'
import * as pgSync from '@clerk-sync/adapter-drizzle/pg'
import * as sqliteSync from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as p from 'drizzle-orm/pg-core'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import * as lite from 'drizzle-orm/sqlite-core'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'

const at = 1_760_000_000_000

interface Stored {
  readonly note: string | null
  readonly age: number | null
  readonly ok: boolean | null
  readonly doc: unknown
  readonly seen: Date | null
}
type Opened = { adapter: SyncAdapter<{ user: Record<string, unknown> }>; row: () => Promise<Stored | undefined> }

async function openPostgres(): Promise<Opened> {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_values'), max: 2 })
  onTestFinished(() => pool.end())
  await pool.query(`create table users (id text primary key, note text, age integer, ok boolean, doc jsonb,
    seen timestamptz, clerk_version text not null default '0', deleted_at timestamptz(3))`)
  const columns = {
    note: p.text(),
    age: p.integer(),
    ok: p.boolean(),
    doc: p.jsonb(),
    seen: p.timestamp({ withTimezone: true }),
  }
  const users = p.pgTable('users', { id: pgSync.clerkId().primaryKey(), ...columns, ...pgSync.syncColumns() })
  const db = drizzlePg(pool)
  return { adapter: asUntyped(drizzleAdapter(db, { users })), row: async () => (await db.select().from(users))[0] }
}

async function openMysql(server: 'mysql' | 'mariadb'): Promise<Opened> {
  const client = mysql.createPool({ uri: await freshDatabase(server, 'drizzle_values'), connectionLimit: 2 })
  onTestFinished(() => client.end())
  await client.query<
    RowDataPacket[]
  >(`create table users (id varchar(255) primary key, note text, age int, ok boolean, doc json,
    seen datetime(3), clerk_version varchar(34) not null default '0', deleted_at datetime(3))`)
  const columns = { note: my.text(), age: my.int(), ok: my.boolean(), doc: my.json(), seen: my.datetime({ fsp: 3 }) }
  const users = my.mysqlTable('users', { id: mysqlSync.clerkId().primaryKey(), ...columns, ...mysqlSync.syncColumns() })
  const db = drizzleMysql({ client })
  // MariaDB's JSON is text.
  const parsed = (doc: unknown): unknown => (typeof doc === 'string' && server === 'mariadb' ? JSON.parse(doc) : doc)
  const row = async () => {
    const [found] = await db.select().from(users)
    return found && { ...found, doc: parsed(found.doc) }
  }
  return { adapter: asUntyped(drizzleAdapter(db, { users })), row }
}

async function openSqlite(): Promise<Opened> {
  const client = new Database(':memory:')
  onTestFinished(() => void client.close())
  client.exec(`create table users (id text primary key, note text, age integer, ok integer, doc text, seen integer,
    clerk_version text not null default '0', deleted_at integer)`)
  const columns = {
    note: lite.text(),
    age: lite.integer(),
    ok: lite.integer({ mode: 'boolean' }),
    doc: lite.text({ mode: 'json' }),
    seen: lite.integer({ mode: 'timestamp_ms' }),
  }
  const users = lite.sqliteTable('users', {
    id: sqliteSync.clerkId().primaryKey(),
    ...columns,
    ...sqliteSync.syncColumns(),
  })
  const db = drizzleSqlite(client)
  return { adapter: asUntyped(drizzleAdapter(db, { users })), row: async () => db.select().from(users).get() }
}

/** As a JavaScript application has it: its maps return what they like. */
function asUntyped(adapter: object): SyncAdapter<{ user: Record<string, unknown> }> {
  return adapter as SyncAdapter<{ user: Record<string, unknown> }>
}

const NOTHING: Stored = { note: null, age: null, ok: null, doc: null, seen: null }
const seen = new Date('2026-01-01T00:00:00Z')

const fitting: readonly [string, Record<string, unknown>, Partial<Stored>][] = [
  ['an array in a text column', { note: ['a', "b'"] }, { note: '["a","b\'"]' }],
  ['an object in a text column', { note: { id: 'x', ok: true } }, { note: '{"id":"x","ok":true}' }],
  ['a number in a text column', { note: 5 }, { note: '5' }],
  ['a bigint in a text column', { note: 2n ** 60n }, { note: '1152921504606846976' }],
  ['a flag in a text column', { note: true }, { note: 'true' }],
  ['a Date in a text column', { note: seen }, { note: '2026-01-01T00:00:00.000Z' }],
  ['a flag in a number column', { age: true }, { age: 1 }],
  ['digits in a number column', { age: '42' }, { age: 42 }],
  ['1 in a flag', { ok: 1 }, { ok: true }],
  ['a Date in JSON', { doc: { seen } }, { doc: { seen: seen.toISOString() } }],
  ['a bigint in JSON', { doc: { n: 5n } }, { doc: { n: 5 } }],
  ['an array in JSON', { doc: [1, ['a']] }, { doc: [1, ['a']] }],
  ['a text in a date', { seen: seen.toISOString() }, { seen }],
  ['a text with an offset in a date', { seen: '2026-01-01T02:00:00+02:00' }, { seen }],
  ['a day in a date', { seen: '2026-01-01' }, { seen }],
  ['ms in a date', { seen: seen.getTime() }, { seen }],
  ['a date that is none', { seen: new Date('never') }, {}],
  ['NaN in a number column', { age: Number.NaN }, {}],
]

const refused: readonly [string, Record<string, unknown>, RegExp][] = [
  [
    'bytes in a text column',
    { note: Buffer.from('secret') },
    /^map\.user returns bytes for "note", which takes text\./,
  ],
  [
    'a function in a text column',
    { note: () => 'secret' },
    /^map\.user returns a function for "note", which takes text\./,
  ],
  ['a Map in a text column', { note: new Map([['secret', 1]]) }, /"?note"? /],
  ['an array in a number column', { age: ['secret'] }, /^map\.user returns an array for "age", which takes a number\./],
  ['an object in a number column', { age: { secret: 1 } }, /^map\.user returns an object for "age"/],
  ['a text in a number column', { age: 'secret' }, /^map\.user returns a string for "age"/],
  ['a Date in a number column', { age: new Date() }, /^map\.user returns a Date for "age"/],
  ['an array in a flag', { ok: ['secret'] }, /^map\.user returns an array for "ok", which takes true or false\./],
  [
    'a text that is no date in a date',
    { seen: 'secret' },
    /^map\.user returns a string for "seen", which takes a Date\./,
  ],
  ...['secret 3', '5', '2026-01-01 10:00', '2026-01-01T10:00:00', '2026-02-30'].map(
    (text): (typeof refused)[number] => [
      `${text} in a date`,
      { seen: text },
      /^map\.user returns a string for "seen", which takes a Date\. Of texts, it takes ISO 8601 with Z or an offset/,
    ],
  ),
  ['an object in a date', { seen: { secret: 1 } }, /^map\.user returns an object for "seen", which takes a Date\./],
  ['a function in JSON', { doc: () => 'secret' }, /^map\.user returns a function for "doc", which takes JSON\./],
]

describe.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', () => openMysql('mysql')],
  ['MariaDB', () => openMysql('mariadb')],
  ['SQLite', openSqlite],
] as const)('On %s', ([database, open]) => {
  async function opened() {
    const { adapter, row } = await open()
    let returned: Record<string, unknown> = {}
    const clerkSync = createClerkSync({ adapter, map: { user: () => ({ ...NOTHING, ...returned }) } })
    const apply = (values: Record<string, unknown>, n: number) => {
      returned = values
      return clerkSync.apply(userEvent('user.updated', 'user_1', at + n))
    }
    return { adapter, apply, row }
  }

  it('what fits a column otherwise is stored as what the column takes, alike on every database', async () => {
    const { apply, row } = await opened()
    for (const [n, [name, returned, stored]] of fitting.entries()) {
      await apply(returned, n)
      expect(await row(), name).toMatchObject({ ...NOTHING, ...stored })
    }
  })

  it('what fits no column is refused with the column and the kind, never the value, and nothing is written', async () => {
    const { adapter, apply, row } = await opened()
    for (const [n, [name, returned, message]] of refused.entries()) {
      // PostgreSQL's driver binds what a class has made as one value: as JSON.
      if (database === 'PostgreSQL' && name.startsWith('a Map')) continue
      const error: unknown = await apply(returned, n).catch((thrown: unknown) => thrown)
      expect(error, name).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(message) })
      expect(String(error), name).not.toContain('secret')
      if (!name.startsWith('a Map')) {
        const map = { user: () => ({ ...NOTHING, ...returned }) }
        expect(() => createClerkSync({ adapter, map }), `${name}, at set-up`).toThrow(message)
      }
    }
    expect(await row()).toBeUndefined()
  })
})

it.for(['node-postgres', 'postgres.js'] as const)(
  'a Date for columns that take dates as text, through %s',
  async (driver) => {
    const url = await freshDatabase('postgres', 'drizzle_dates')
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    const client = postgres(url, { max: 1 })
    onTestFinished(() => Promise.all([pool.end(), client.end()]).then(() => undefined))
    await pool.query(`create table users (id text primary key, day date, moment timestamp,
    clerk_version text not null default '0', deleted_at timestamptz(3))`)
    const columns = { day: p.date(), moment: p.timestamp({ mode: 'string' }) }
    const users = p.pgTable('users', { id: pgSync.clerkId().primaryKey(), ...columns, ...pgSync.syncColumns() })
    const adapter = asUntyped(
      drizzleAdapter(driver === 'postgres.js' ? drizzlePostgresJs(client) : drizzlePg(pool), { users }),
    )
    const date = new Date(Date.UTC(2026, 0, 2, 23, 30))
    const clerkSync = createClerkSync({ adapter, map: { user: () => ({ day: date, moment: date }) } })
    await clerkSync.apply(userEvent('user.created', 'user_1', at))
    const { rows } = await pool.query('select day::text, moment::text from users')
    expect(rows).toEqual([{ day: '2026-01-02', moment: '2026-01-02 23:30:00' }])
  },
)
