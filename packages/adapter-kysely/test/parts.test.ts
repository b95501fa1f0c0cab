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
import { describe, expect, it, onTestFinished } from 'vitest'

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
  const db = new Kysely<Database>({ dialect })
  const adapter = kyselyAdapter(db, {
    users: { table: 'users', columns: [] },
    emailAddresses: { table: 'email_addresses', columns: ['email_address', 'is_primary'] },
  })
  return { clerkSync: createClerkSync({ adapter, logger: false }), query }
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
