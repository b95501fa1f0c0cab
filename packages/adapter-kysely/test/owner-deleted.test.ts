// What refers to a removed row and has its own versions in the row, while another delivery reaches it.
import { type ClerkVersionsTable, kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { clerkVersionsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Sqlite from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { intercepted } from './kit/intercepted.ts'

interface Database {
  users: { id: string }
  memberships: { id: string; user_id: string | null; clerk_version: string; deleted_at: number | null }
  clerk_versions: ClerkVersionsTable<number>
}

interface PartsDatabase {
  users: { id: string; org_id: string | null; clerk_version: string; deleted_at: number | null }
  email_addresses: { user_id: string; id: string }
  organizations: { id: string }
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

it.for([
  ['a newer snapshot', { clerk_version: '3'.padStart(33, '0'), deleted_at: null }, { kind: 'upsert' }, 'stale'],
  [
    'a later delete',
    { clerk_version: VERSION, deleted_at: 9 },
    { kind: 'delete', deletedAt: new Date(5) },
    'already_deleted',
  ],
] as const)('a row that %s reaches before it goes with its owner stays', async ([, stored, change, outcome]) => {
  const database = new Sqlite(':memory:')
  onTestFinished(() => {
    database.close()
  })
  const rows = queryOf(database)
  let looks = 0
  const db = new Kysely<Database>({
    // The foreign key refuses the write. By then there is an older row; and what reaches it once it was looked at comes
    // before its removal.
    dialect: intercepted(new SqliteDialect({ database }), async (sql, send) => {
      const answer = await send().catch((refusal: unknown) => {
        database.exec(`insert into memberships (id, clerk_version) values ('orgmem_1', '${VERSION}')`)
        throw refusal
      })
      if (sql.includes('from "memberships"') && sql.includes('clerk_holds') && ++looks === 1) {
        const reach = database.prepare('update memberships set clerk_version = ?, deleted_at = ?')
        reach.run(stored.clerk_version, stored.deleted_at)
      }
      return answer
    }),
  })
  await clerkVersionsMigration().up(db)
  database.exec(`create table users (id text primary key);
    create table memberships (id text primary key, user_id text references users on delete cascade, clerk_version text
      not null default '0', deleted_at integer);
    insert into clerk_versions (table_name, id, version, deleted_at) values ('users', 'user_1', '${VERSION}', 1)`)
  const adapter = kyselyAdapter(db, {
    users: { table: 'users', columns: [] },
    organizationMemberships: { table: 'memberships', columns: ['user_id'], versions: 'row' },
    versions: 'clerk_versions',
  })
  const common = { entity: 'organizationMembership', key: 'orgmem_1', values: { user_id: 'user_1' } } as const
  const version = '2'.padStart(33, '0')
  const answered =
    change.kind === 'upsert'
      ? await adapter.upsert({ ...common, ...change, version })
      : await adapter.softDelete({ ...common, ...change, version, mode: 'keep' })
  expect(looks).toBeGreaterThan(1)
  expect(answered).toBe(outcome)
  expect(await rows('select * from memberships')).toEqual([{ id: 'orgmem_1', user_id: null, ...stored }])
})

it('a user who has become newer meanwhile keeps their addresses, though what they belonged to was removed', async () => {
  const database = new Sqlite(':memory:')
  onTestFinished(() => {
    database.close()
  })
  const rows = queryOf(database)
  const [expected, older, newest] = [1, 2, 3].map((n) => String(n).padStart(33, '0')) as [string, string, string]
  const db = new Kysely<PartsDatabase>({
    // The foreign key has refused the write: before what is left of it is written, a newer snapshot comes.
    dialect: intercepted(new SqliteDialect({ database }), async (sql, send) => {
      const answer = await send()
      if (sql === 'rollback') database.exec(`update users set clerk_version = '${newest}'`)
      return answer
    }),
  })
  await clerkVersionsMigration().up(db)
  database.exec(`create table organizations (id text primary key);
    create table users (id text primary key, org_id text references organizations on delete cascade, clerk_version text
      not null default '0', deleted_at integer);
    create table email_addresses (user_id text not null, id text not null, primary key (user_id, id));
    insert into users (id, clerk_version) values ('user_1', '${expected}');
    insert into email_addresses values ('user_1', 'idn_1');
    insert into clerk_versions (table_name, id, version, deleted_at) values ('organizations', 'org_1', '${expected}', 1)`)
  const adapter = kyselyAdapter(db, {
    users: { table: 'users', columns: ['org_id'], versions: 'row' },
    emailAddresses: { table: 'email_addresses', columns: [] },
    organizations: { table: 'organizations', columns: [] },
    versions: 'clerk_versions',
  })
  const outcome = await adapter.upsert({
    ...({ kind: 'upsert', entity: 'user', key: 'user_1', version: older, values: { org_id: 'org_1' } } as const),
    ...{ expected, parts: { emailAddress: [] } },
  })
  expect(outcome).toBe('stale')
  expect(await rows('select id, clerk_version from users')).toEqual([{ id: 'user_1', clerk_version: newest }])
  expect(await rows('select id from email_addresses')).toEqual([{ id: 'idn_1' }])
})
