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
