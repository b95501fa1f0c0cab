// What an application makes of its tables of parts: unique indexes of its own.
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { queryOf, rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import Sqlite from 'better-sqlite3'
import { type Dialect, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import { Pool } from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { intercepted } from './kit/intercepted.ts'

interface Database {
  users: SyncColumns & { id: string }
  email_addresses: { user_id: string; id: string; email_address: string | null; is_primary: boolean }
}

type Query = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

interface Server {
  readonly dialect: Dialect
  readonly query: Query
}

const servers: Readonly<Record<string, (name: string) => Promise<Server>>> = {
  async sqlite() {
    const database = new Sqlite(':memory:')
    onTestFinished(() => void database.close())
    return { dialect: new SqliteDialect({ database }), query: queryOf(database) }
  },
  async postgres(name) {
    const connectionString = await freshDatabase('postgres', name)
    const pool = new Pool({ connectionString })
    const query = rawPostgres(connectionString, onTestFinished)
    onTestFinished(() => pool.end())
    return { dialect: new PostgresDialect({ pool }), query }
  },
  mysql: (name) => mysql('mysql', name),
  mariadb: (name) => mysql('mariadb', name),
}

async function mysql(server: 'mysql' | 'mariadb', name: string): Promise<Server> {
  const uri = await freshDatabase(server, name)
  const pool = createPool({ uri, timezone: 'Z' })
  onTestFinished(() => pool.promise().end())
  return { dialect: new MysqlDialect({ pool }), query: rawMysql(uri, onTestFinished) }
}

const KEY = 'varchar(64) not null'
const tables = (isMysql: boolean) => [
  `create table users (id ${KEY} primary key, clerk_version varchar(34) not null default '0', ` +
    `deleted_at ${isMysql ? 'datetime(3)' : 'timestamp(3)'})`,
  `create table email_addresses (user_id ${KEY}, id ${KEY}, email_address varchar(255), is_primary boolean not null, ` +
    'primary key (user_id, id))',
]

/** At most one primary address a user. */
const ONE_PRIMARY = 'create unique index one_primary on email_addresses (user_id) where is_primary'
/** MySQL has no index of some rows. */
const ONE_PRIMARY_MYSQL =
  'alter table email_addresses add primary_of varchar(64) generated always as (if(is_primary, user_id, null)) stored unique'

async function opened(server: string, name: string, ...ddl: readonly string[]) {
  const { dialect, query } = await servers[server]!(name)
  const isMysql = server === 'mysql' || server === 'mariadb'
  for (const statement of [...tables(isMysql), ...ddl]) await query(statement)
  return { clerkSync: createClerkSync({ adapter: adapterOf(dialect), logger: false }), query, dialect }
}

function adapterOf(dialect: Dialect) {
  return kyselyAdapter(new Kysely<Database>({ dialect }), {
    users: { table: 'users', columns: [] },
    emailAddresses: { table: 'email_addresses', columns: ['email_address', 'is_primary'] },
  })
}

const AT = 1_760_000_000_000
const withAddresses = (user: string, at: number, ids: readonly string[], primary: string) =>
  userEvent('user.updated', user, AT + at, {
    primary_email_address_id: primary,
    email_addresses: ids.map((id) => ({ id, email_address: `${id}@example.com` })),
  })

describe.for(Object.keys(servers))('on %s', (server) => {
  const isMysql = server === 'mysql' || server === 'mariadb'

  it.for([
    ['as they were added', ['idn_a', 'idn_b']],
    ['the other way round', ['idn_b', 'idn_a']],
  ] as const)('another address becomes the one primary that a unique index allows, listed %s', async ([, ids]) => {
    const { clerkSync, query } = await opened(server, 'kysely_parts', isMysql ? ONE_PRIMARY_MYSQL : ONE_PRIMARY)
    const primaries = async () => (await query('select id from email_addresses where is_primary')).map(({ id }) => id)
    for (const [at, primary] of ['idn_a', 'idn_b', 'idn_a'].entries()) {
      expect(await clerkSync.apply(withAddresses('user_1', at, ids, primary))).toBe(at === 0 ? 'created' : 'updated')
      expect(await primaries()).toEqual([primary])
    }
  })

  it('an address that another user has is refused by the name of its table and index, and is taken once it is free', async () => {
    const unique = 'create unique index mails on email_addresses (email_address)'
    const { clerkSync, query } = await opened(server, 'kysely_parts', unique)
    const withMail = (user: string, at: number, id: string | undefined) =>
      userEvent('user.updated', user, AT + at, {
        email_addresses: id === undefined ? [] : [{ id, email_address: 'ada@example.com' }],
      })
    await clerkSync.apply(withMail('user_1', 1, 'idn_1'))
    const refused = withMail('user_2', 1, 'idn_2')
    const error = await clerkSync.apply(refused).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'unique_conflict',
      message: expect.stringMatching(/email_addresses: another row has one of the unique values of a part of user_2/),
    })
    // Where any unique index leads to an update, none is named.
    if (!isMysql)
      expect(error).toMatchObject({ message: expect.stringMatching(/The index is (email_addresses|mails)/) })
    expect(await query('select id from users')).toEqual([{ id: 'user_1' }])
    await clerkSync.apply(withMail('user_1', 2, undefined))
    expect(await clerkSync.apply(refused)).toBe('created')
    expect(await query('select user_id, id from email_addresses')).toEqual([{ user_id: 'user_2', id: 'idn_2' }])
  })
})

describe.for(Object.keys(servers))('check on %s', (server) => {
  const isMysql = server === 'mysql' || server === 'mariadb'
  const problemsOf = async (table: string, ...ddl: readonly string[]) => {
    const { dialect, query } = await servers[server]!('kysely_check_parts')
    for (const statement of [tables(isMysql)[0]!, table, ...ddl]) await query(statement)
    const users = { table: 'users', columns: [] }
    const emailAddresses = { table: 'email_addresses', columns: ['email_address', 'is_primary', 'note'] }
    const db = new Kysely<Record<string, never>>({ dialect })
    const map = { emailAddress: () => ({ email_address: 'ada@example.com', is_primary: true }) }
    const adapter = Reflect.apply(kyselyAdapter, undefined, [db, { users, emailAddresses }])
    const problems = await createClerkSync({ adapter, map: map as object, logger: false }).check()
    return problems
      .filter((one) => one.table === 'email_addresses')
      .map(({ severity, message }) => `${severity}: ${message}`)
  }
  const columns = `user_id ${KEY}, id ${KEY}, email_address varchar(255), is_primary boolean`
  const good = `create table email_addresses (${columns}, note varchar(99), primary key (user_id, id))`

  it('finds nothing in a good table, nor in what is of the application alone', async () => {
    expect(await problemsOf(good)).toEqual([])
    expect(await problemsOf(good, 'create unique index notes on email_addresses (note)')).toEqual([])
    expect(await problemsOf(good, isMysql ? ONE_PRIMARY_MYSQL : ONE_PRIMARY)).toEqual([])
  })

  it('finds a column of the application that no map fills and no part can be without', async () => {
    const [problem, ...others] = await problemsOf(good.replace('varchar(99)', 'varchar(99) not null'))
    expect(others).toEqual([])
    expect(problem).toMatch(/^error: email_addresses\.note is NOT NULL.*return it from map\.emailAddress/)
  })

  it('finds an index that begins with the id of the part, where none begins with that of the user', async () => {
    const turned = good.replace('(user_id, id)', '(id, user_id)')
    const [problem, ...others] = await problemsOf(turned)
    expect(others).toEqual([])
    expect(problem).toMatch(/^warning: email_addresses\.user_id is the first column of no index.*create index/)
    expect(await problemsOf(turned, 'create index of_user on email_addresses (user_id)')).toEqual([])
  })

  it('finds what must be unique among all users, of some rows or of an expression too', async () => {
    expect(await problemsOf(good, 'create unique index mails on email_addresses (email_address)')).toEqual([
      expect.stringMatching(/^warning: email_addresses\.email_address is unique: .*503 unique_conflict/),
    ])
    // MariaDB has no index of an expression.
    if (server === 'mariadb') return
    const where = isMysql ? '' : ' where is_primary'
    expect(
      await problemsOf(good, `create unique index lower_mails on email_addresses ((lower(email_address)))${where}`),
    ).toEqual([
      expect.stringMatching(/^warning: email_addresses has the unique index lower_mails, .*503 unique_conflict/),
    ])
  })
})

/** Whether a statement of this database waits for a lock. */
const WAITING = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

it('postgres: what replaces a certain version and has come twice does not bring addresses back that were removed meanwhile', async () => {
  const { query, dialect } = await opened('postgres', 'kysely_parts_twice')
  const other = adapterOf(dialect)
  const snapshot = (n: number, ids: readonly string[], expected?: string) => ({
    ...({ kind: 'upsert', entity: 'user', key: 'user_1', version: String(n).padStart(33, '0'), values: {} } as const),
    parts: { emailAddress: ids.map((id) => ({ id, values: { email_address: id, is_primary: false } })) },
    ...(expected !== undefined && { expected }),
  })
  await other.upsert(snapshot(1, []))
  const again = snapshot(2, ['idn_a'], snapshot(1, []).version)
  let newest: Promise<unknown> | undefined
  let isFirst = true
  const adapter = adapterOf(
    intercepted(dialect, async (sql, send) => {
      if (isFirst) {
        isFirst = false
        // Its transaction has begun when the other one commits.
        const answer = await send()
        await other.upsert(again)
        return answer
      }
      if (!newest && /^select.*email_addresses/.test(sql)) {
        let isDone = false
        newest = other.upsert(snapshot(3, [])).finally(() => {
          isDone = true
        })
        await vi.waitFor(async () => expect(isDone || (await query(WAITING)).length > 0).toBe(true), 10_000)
      }
      return send()
    }),
  )
  expect(await adapter.upsert(again)).toBe('updated')
  expect(await newest).toBe('updated')
  expect(await query('select clerk_version from users')).toEqual([{ clerk_version: snapshot(3, []).version }])
  expect(await query('select id from email_addresses')).toEqual([])
})

describe('postgres: a deferred trigger that brings removed addresses back at the commit is found before', () => {
  const TRIGGER = [
    `create function bring_back() returns trigger language plpgsql as
      $$ begin insert into email_addresses select old.*; return null; end $$`,
    `create constraint trigger bring_back after delete on email_addresses deferrable initially deferred
      for each row execute function bring_back()`,
  ]

  it.for([
    ['a snapshot without addresses', (at: number) => withAddresses('user_1', at, [], 'none')],
    ['a deleted user', (at: number) => userEvent('user.deleted', 'user_1', AT + at)],
  ] as const)('%s', async ([, eventAt]) => {
    const { clerkSync, query } = await opened('postgres', 'kysely_parts_deferred', ...TRIGGER)
    await clerkSync.apply(withAddresses('user_1', 1, ['idn_a'], 'idn_a'))
    const before = await query('select * from users')
    const event = eventAt(2)
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await query('select * from users')).toEqual(before)
    await query('drop trigger bring_back on email_addresses')
    await clerkSync.apply(event)
    expect(await query('select id from email_addresses')).toEqual([])
  })
})

it('old tombstones are pruned with one look for the addresses of all', async () => {
  const { dialect, query } = await opened('sqlite', 'kysely_parts_pruned')
  const statements: string[] = []
  const adapter = adapterOf(
    intercepted(dialect, (sql, send) => {
      statements.push(sql)
      return send()
    }),
  )
  const clerkSync = createClerkSync({ adapter, onDelete: 'keep', logger: false })
  const users = Array.from({ length: 30 }, (_, n) => `user_${n}`)
  for (const [n, user] of users.entries()) {
    await clerkSync.apply(withAddresses(user, 1, n < 3 ? [`idn_${n}`] : [], 'none'))
    await clerkSync.apply(userEvent('user.deleted', user, AT + 2))
  }
  expect(await query('select id from email_addresses')).toHaveLength(3)
  statements.length = 0
  const before = new Date(AT + 1000)
  expect(await adapter.tombstones?.remove({ entity: 'user', before, keys: users })).toBe(30)
  expect(await query('select id from email_addresses')).toEqual([])
  // One more sees that they are gone.
  expect(statements.filter((sql) => /^select .*email_addresses/.test(sql))).toHaveLength(2)
  expect(statements.filter((sql) => /^delete .*email_addresses/.test(sql))).toHaveLength(3)
})
