import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { clerkId as sqliteClerkId, syncColumns as sqliteSyncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { type RawRow, sqlTables, TABLES } from '@clerk-sync/adapter-testkit'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import type { DialectName } from '@clerk-sync/core/sql'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { customType, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import { sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

type Shape = keyof typeof pgSchema.shapes
interface Store {
  run(statement: string): Promise<unknown>
  check(shape: Shape): Promise<string[]>
}

const brief = async (clerkSync: Pick<ClerkSync, 'check'>) =>
  (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)

async function openPostgres(): Promise<Store> {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_check'), max: 2 })
  onTestFinished(() => pool.end())
  const db = drizzlePg(pool, { casing: 'snake_case' })
  return { run: (text) => pool.query(text), check: (shape) => brief(drizzleAdapter(db, pgSchema.shapes[shape])) }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<Store> => {
  const client = mysql.createPool({ uri: await freshDatabase(server, 'drizzle_check'), connectionLimit: 2 })
  onTestFinished(() => client.end())
  const db = drizzleMysql({ client, casing: 'snake_case' })
  return { run: (text) => client.query(text), check: (shape) => brief(drizzleAdapter(db, mysqlSchema.shapes[shape])) }
}

async function openSqlite(): Promise<Store> {
  const connection = new Database(':memory:')
  onTestFinished(() => {
    connection.close()
  })
  const db = drizzleSqlite(connection, { casing: 'snake_case' })
  return {
    run: async (text) => connection.exec(text),
    check: (shape) => brief(drizzleAdapter(db, sqliteSchema.shapes[shape])),
  }
}

const databases: readonly [string, DialectName, () => Promise<Store>][] = [
  ['PostgreSQL', 'postgres', openPostgres],
  ['MySQL', 'mysql', openMysql('mysql')],
  ['MariaDB', 'mysql', openMysql('mariadb')],
  ['SQLite', 'sqlite', openSqlite],
]

/** The tables of the kit, with one definition changed. */
async function create({ run }: Store, dialect: DialectName, change = (statement: string) => statement): Promise<void> {
  const none: readonly RawRow[] = []
  await sqlTables(dialect, async (statement) => run(change(statement)).then(() => none)).create()
}

describe.for(databases.filter(([name]) => name !== 'SQLite'))('check on %s', ([, dialect, open]) => {
  it('finds a ledger that keeps no milliseconds', async () => {
    const store = await open()
    await create(store, dialect, (statement) =>
      statement.replace(/(processed_at. (?:datetime|timestamptz|timestamp))\(\d\)/, '$1(0)'),
    )
    expect(await store.check('plain')).toEqual([
      expect.stringMatching(/^error: events\.processed_at keeps 0 digits of a second/),
    ])
  })
})

describe.for(databases)('check on %s', ([, dialect, open]) => {
  it('finds nothing on good tables', async () => {
    const store = await open()
    await create(store, dialect)
    expect(await store.check('plain')).toEqual([])
    expect(await store.check('ownKey')).toEqual([])
  })

  it('finds tables that are not there', async () => {
    const found = await (await open()).check('ownKey')
    expect(found).toEqual([
      'error: The table ownKeyUsers is not in the database. Run your migrations.',
      'error: The table events is not in the database. Run your migrations.',
    ])
  })

  it('finds a column that is not there', async () => {
    const store = await open()
    await create(store, dialect, (statement) => statement.replace(/.first_name. [^,]+, /, ''))
    expect(await store.check('withoutLedger')).toEqual([
      'error: users.first_name is in the schema but not in the database. Run your migrations.',
    ])
  })

  it('finds a nullable version', async () => {
    const store = await open()
    await create(store, dialect, (statement) => statement.replace(/(clerk_version.+?) not null default '0'/, '$1'))
    expect(await store.check('withoutLedger')).toEqual([
      expect.stringMatching(/^error: users\.clerk_version must be NOT NULL DEFAULT '0'/),
    ])
  })

  it('finds a key that is not unique', async () => {
    const store = await open()
    await create(store, dialect, (statement) => statement.replace(/(clerk_id.+?) unique/, '$1'))
    expect(await store.check('ownKey')).toEqual([
      expect.stringMatching(/^error: ownKeyUsers\.clerk_id has no unique index of its own/),
    ])
  })

  it('finds a unique index that will bite', async () => {
    const store = await open()
    await create(store, dialect)
    const expected = [expect.stringMatching(/Users\.email is unique: while another row.*503 unique_conflict/)]
    expect(await store.check('uniqueFirst')).toEqual(expected)
    expect(await store.check('requiredLast')).toEqual(expected)
  })
})

/** What a migration that did not run leaves: a column of another type than the schema's. */
const OLD_TYPES = {
  postgres: { first_name: 'varchar(10)', last_sign_in_at: 'bigint', public_metadata: 'text' },
  mysql: { first_name: 'varchar(10)', last_sign_in_at: 'bigint', public_metadata: 'text' },
  sqlite: { first_name: 'integer', last_sign_in_at: 'text', banned: 'text' },
} as const

it.for(databases)('check on %s finds columns that are not of the schema’s types', async ([, dialect, open]) => {
  const store = await open()
  const old = Object.entries(OLD_TYPES[dialect])
  await create(store, dialect, (statement) => {
    if (!/create table .users./.test(statement)) return statement
    return old.reduce(
      (text, [column, type]) => text.replace(new RegExp(`(.${column}.) [^,]*?(?=( not null|,|\\)$))`), `$1 ${type}`),
      statement,
    )
  })
  const found = await store.check('withoutLedger')
  expect(
    found
      .map(
        (problem) =>
          /^warning: users\.(\w+) is \S.* in the database and .* in the schema/.exec(problem)?.[1] ?? problem,
      )
      .sort(),
  ).toEqual(old.map(([column]) => column).sort())
})

it('check on PostgreSQL has nothing to say of lists with a size, nor of types whose values the application makes', async () => {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_check'), max: 2 })
  onTestFinished(() => pool.end())
  await pool.query(`create table users (id text primary key, clerk_version text not null default '0',
    deleted_at timestamptz(3), plan smallint, seen bigint, meta text, tags text[])`)
  const users = pgTable('users', {
    id: clerkId().primaryKey(),
    ...syncColumns(),
    plan: customType<{ data: string; driverData: number }>({ dataType: () => 'smallint', toDriver: () => 3 })(),
    seen: customType<{ data: Date; driverData: number }>({ dataType: () => 'bigint', toDriver: Number })(),
    meta: customType<{ data: object; driverData: string }>({ dataType: () => 'text', toDriver: JSON.stringify })(),
    tags: text().array(3),
  })
  const map = { user: () => ({ plan: 'gold', seen: new Date(0), meta: { a: 1 }, tags: ['a'] }) }
  const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), { users })
  expect(await brief(createClerkSync({ adapter, map }))).toEqual([])
})

it('check on SQLite has nothing to say of times, JSON and UUIDs in columns that are declared so', async () => {
  const connection = new Database(':memory:')
  onTestFinished(() => {
    connection.close()
  })
  connection.exec(`create table users (id text primary key, clerk_version text not null default '0', deleted_at integer,
    seen DATETIME, meta JSON, external UUID)`)
  const users = sqliteTable('users', {
    id: sqliteClerkId().primaryKey(),
    ...sqliteSyncColumns(),
    seen: sqliteText(),
    meta: sqliteText(),
    external: sqliteText(),
  })
  const map = {
    user: () => ({
      seen: '2026-01-01T00:00:00.000Z',
      meta: '{"a":1}',
      external: '00000000-0000-4000-8000-000000000000',
    }),
  }
  const adapter = drizzleAdapter(drizzleSqlite(connection, { casing: 'snake_case' }), { users })
  expect(await brief(createClerkSync({ adapter, map }))).toEqual([])
})

it.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('check on %s takes any tinyint for a boolean', async ([, server]) => {
  const store = await openMysql(server)()
  await create(store, 'mysql', (statement) =>
    statement.replace(/(.banned.) [^,]*?(?=( not null|,|\)$))/, '$1 tinyint(3) unsigned'),
  )
  expect(await store.check('withoutLedger')).toEqual([])
})

it.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('check on %s finds a reference whose collation keeps a join from the index', async ([, server]) => {
  const store = await openMysql(server)()
  const other = (statement: string) =>
    statement.replace(
      /(.user_id.) varchar\(255\) [^,]*? not null/,
      '$1 varchar(255) collate utf8mb4_unicode_ci not null',
    )
  await create(store, 'mysql', other)
  const message = 'user_id has the collation utf8mb4_unicode_ci, and users.id has ascii_bin: a join of the two'
  expect(await store.check('plain')).toEqual([
    expect.stringContaining(`warning: organizationMemberships.${message}`),
    expect.stringContaining(`warning: sessions.${message}`),
  ])
  // All in the database's own collation, as the helpers make them.
  for (const table of Object.keys(TABLES)) await store.run(`drop table ${table}`)
  await create(store, 'mysql', (statement) => statement.replaceAll(/ character set ascii collate ascii_bin/g, ''))
  expect(await store.check('plain')).toEqual([])
})

// MariaDB has no such indexes.
it.for(databases.filter(([name]) => name !== 'MariaDB'))(
  'check on %s does not take an index of the key and an expression for one of the key',
  async ([, dialect, open]) => {
    const store = await open()
    await create(store, dialect, (statement) => statement.replace(/(clerk_id.+?) unique/, '$1'))
    const table = dialect === 'mysql' ? '`ownKeyUsers`' : '"ownKeyUsers"'
    await store.run(`create unique index by_expression on ${table} (clerk_id, (lower(first_name)))`)
    expect(await store.check('ownKey')).toEqual([
      expect.stringMatching(/^error: ownKeyUsers\.clerk_id has no unique index of its own/),
    ])
  },
)

it('check on SQLite finds a key that ignores case', async () => {
  const store = await openSqlite()
  await create(store, 'sqlite', (statement) => statement.replaceAll('"id" text', '"id" text collate nocase'))
  expect(await store.check('withoutLedger')).toEqual([expect.stringMatching(/^error: users\.id ignores case/)])
})

it('check on PostgreSQL finds a key whose uniqueness is deferred, and not of one that includes columns', async () => {
  const store = await openPostgres()
  await create(store, 'postgres', (statement) => statement.replace(/(clerk_id.+?) unique/, '$1 unique deferrable'))
  const notUnique = expect.stringMatching(/^error: ownKeyUsers\.clerk_id has no unique index of its own/)
  expect(await store.check('ownKey')).toEqual([notUnique])
  await store.run('create unique index on "ownKeyUsers" ("clerk_id") include ("email")')
  expect(await store.check('ownKey')).toEqual([])
})

it('check on PostgreSQL finds a policy that hides deleted rows, and the error of a delete says so', async () => {
  const connectionString = await freshDatabase('postgres', 'drizzle_policies')
  const owner = new pg.Pool({ connectionString, max: 1 })
  const run = (text: string) => owner.query(text)
  await create({ run, check: async () => [] }, 'postgres')
  await run('alter table users enable row level security')
  await run('create policy live on users using (deleted_at is null)')
  await run('create role drizzle_under_policies')
  await run('grant all on users to drizzle_under_policies')
  const pool = new pg.Pool({ connectionString, options: '-c role=drizzle_under_policies' })
  onTestFinished(async () => {
    await pool.end()
    await run('drop owned by drizzle_under_policies')
    await run('drop role drizzle_under_policies')
    await owner.end()
  })
  const { users } = pgSchema.shapes.plain
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), { users }) })
  expect(await clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).toBe('created')
  await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', 1_760_000_000_001))).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringMatching(/row-level security.*refuses every delete.*Let a policy for this role pass them/),
  })
  expect(await brief(clerkSync)).toEqual([expect.stringMatching(/^error: users: the policy live hides a row/)])
})

it('check on PostgreSQL finds a type whose form of text is not what Clerk sends', async () => {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_check'), max: 1 })
  onTestFinished(() => pool.end())
  await pool.query(`create table users (id text primary key, first_name uuid, external_id uuid,
    clerk_version text not null default '0', deleted_at timestamptz(3))`)
  const columns = { firstName: uuid('first_name'), externalId: uuid('external_id') }
  const users = pgTable('users', { id: clerkId().primaryKey(), ...columns, ...syncColumns() })
  const adapter = drizzleAdapter(drizzlePg(pool), { users })
  const id = '0190a0b0-0000-7000-8000-000000000000'
  const map = { user: () => ({ firstName: 'Ada', externalId: id }) }
  expect(await brief(createClerkSync({ adapter, map }))).toEqual([
    expect.stringMatching(/^warning: users\.first_name is uuid and is filled with text: /),
  ])
})

it('check on PostgreSQL finds a foreign key', async () => {
  const store = await openPostgres()
  await create(store, 'postgres')
  await store.run('alter table sessions add foreign key (user_id) references users (id)')
  expect(await store.check('plain')).toEqual([
    expect.stringMatching(/^warning: sessions\.user_id has a foreign key: .*503 reference_missing/),
  ])
})

it('check on postgres.js warns of connections that are kept in silence, and not where they have limits', async () => {
  const url = await freshDatabase('postgres', 'drizzle_check')
  const warnings = async (limits: object) => {
    const client = postgres(url, { max: 1, ...limits })
    onTestFinished(() => client.end())
    const problems = await drizzleAdapter(drizzlePostgresJs(client), pgSchema.shapes.plain).check()
    return problems.filter(({ table }) => table === '(connections)').map(({ message }) => message)
  }
  expect(await warnings({})).toEqual([
    expect.stringMatching(/silent.*connectionLimits/),
    expect.stringMatching(/fetch_types.*ends the process.*connectionLimits/),
  ])
  expect(await warnings(connectionLimits())).toEqual([])
})

it('connectionLimits refuses a time that is none, and goes on to the next host', async () => {
  expect(() => connectionLimits({ silenceMs: 0 })).toThrow(/silenceMs must be a positive whole number/)
  const { host, username, password, pathname } = new URL(await freshDatabase('postgres', 'drizzle_check'))
  const hosts = `postgres://${username}:${password}@127.0.0.1:1,${host}${pathname}`
  const client = postgres(hosts, { max: 1, ...connectionLimits() })
  onTestFinished(() => client.end())
  expect(await client`select 1 as one`).toEqual([{ one: 1 }])
})
