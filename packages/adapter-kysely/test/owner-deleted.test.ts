// What refers to a removed row and has its own versions in the row, while another delivery reaches it.
import { type ClerkVersionsTable, kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { clerkVersionsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Sqlite from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'

interface Database {
  users: { id: string }
  memberships: { id: string; user_id: string | null; clerk_version: string; deleted_at: number | null }
  clerk_versions: ClerkVersionsTable<number>
}

const VERSION = '1'.padStart(33, '0')

it.for([true, false])('a row that is kept as a tombstone meanwhile, %s, does not go with its owner', async (isKept) => {
  const database = new Sqlite(':memory:')
  onTestFinished(() => {
    database.close()
  })
  const rows = queryOf(database)
  const keep = () => database.exec("update memberships set deleted_at = 5 where id = 'orgmem_1'")
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database }),
    // The foreign key has refused the write: before what is left of it is written, the row's own delete comes.
    log: ({ level }) => {
      if (level === 'error' && isKept) keep()
    },
  })
  await clerkVersionsMigration().up(db)
  database.exec(`create table users (id text primary key);
    create table memberships (id text primary key, user_id text references users on delete cascade, clerk_version text
      not null default '0', deleted_at integer);
    insert into memberships (id, clerk_version) values ('orgmem_1', '${VERSION}');
    insert into clerk_versions (table_name, id, version, deleted_at) values ('users', 'user_1', '${VERSION}', 1)`)
  const adapter = kyselyAdapter(db, {
    users: { table: 'users', columns: [] },
    organizationMemberships: { table: 'memberships', columns: ['user_id'], versions: 'row' },
    versions: 'clerk_versions',
  })
  const outcome = await adapter.upsert({
    ...({ kind: 'upsert', entity: 'organizationMembership', key: 'orgmem_1' } as const),
    ...{ version: '2'.padStart(33, '0'), values: { user_id: 'user_1' }, expected: VERSION, live: true },
  })
  expect(outcome).toBe(isKept ? 'already_deleted' : 'owner_deleted')
  const left = { id: 'orgmem_1', user_id: null, clerk_version: VERSION, deleted_at: 5 }
  expect(await rows('select * from memberships')).toEqual(isKept ? [left] : [])
})
