// Tables of parts as sql/parts.sql has them, and what an application makes of them.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync, ensureUser } from '@clerk-sync/core'
import { backfill, reconcile, refresh } from '@clerk-sync/core/clerk-api'
import { KEYS } from '@clerk-sync/supabase-fake'
import { userEvent } from '@clerk-sync/test-support/events'
import { startClerkApi } from '@clerk-sync/testing'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const BESIDE = `alter table users drop column clerk_version, drop column deleted_at;
  grant delete on users to service_role`

async function open(versions: 'row' | 'beside' = 'row', ...ddl: readonly string[]) {
  const { postgrest, url, sql } = await openProject('supabase_parts', 'functions', 'tables', 'parts', 'versions')
  for (const statement of versions === 'beside' ? [BESIDE, ...ddl] : ddl) await sql(statement)
  const requests: string[] = []
  const client = clientOf(postgrest.url, KEYS.service, {
    global: {
      fetch: (input, init) => {
        requests.push(new URL(String(input)).pathname)
        return fetch(input, init)
      },
    },
  })
  const adapter = supabaseAdapter(client, {
    users: { table: 'users', columns: ['email'] },
    emailAddresses: { table: 'email_addresses', columns: ['email_address', 'verified', 'is_primary'] },
    phoneNumbers: { table: 'phone_numbers', columns: ['phone_number', 'verified', 'is_primary'] },
    externalAccounts: { table: 'external_accounts', columns: ['provider', 'provider_user_id'] },
    web3Wallets: { table: 'web3_wallets', columns: ['web3_wallet'] },
    ...(versions === 'beside' && { versions: 'clerk_versions' }),
  })
  return { adapter, clerkSync: createClerkSync({ adapter, logger: false }), sql, url, requests }
}

const AT = 1_760_000_000_000
const withAddresses = (user: string, at: number, ids: readonly string[], primary = 'none') =>
  userEvent('user.updated', user, AT + at, {
    primary_email_address_id: primary,
    email_addresses: ids.map((id) => ({ id, email_address: `${id}@example.com` })),
  })

/** An application beside a Clerk that has users, of whom none has an event. */
async function readFrom(versions: 'row' | 'beside') {
  const { clerkSync, sql, requests } = await open(versions)
  // A read of the same second would be no newer.
  let asked = 0
  const api = await startClerkApi({
    ...{ seed: 1, webhooks: 'never', users: 3, organizations: 0, memberships: 0 },
    now: () => Date.now() + asked * 1000,
    onRequest: () => void asked++,
  })
  onTestFinished(() => api.close())
  const read = { secretKey: api.secretKey, apiUrl: api.url }
  const settled = { ...read, settleMs: 0, graceMs: 0 }
  const stored = async () =>
    (await sql('select user_id, email_address from email_addresses order by user_id')).map((row) => Object.values(row))
  const truth = () =>
    api.users
      .ids()
      .map((id) => [id, api.users.get(id)?.email_addresses[0]?.email_address])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return { api, clerkSync, sql, requests, read, settled, stored, truth }
}

describe.for(['row', 'beside'] as const)('versions: %s', (versions) => {
  it('a user and their addresses are one request, and go together', async () => {
    const { clerkSync, sql, requests } = await open(versions)
    await clerkSync.apply(withAddresses('user_1', 1, ['idn_a', 'idn_b'], 'idn_b'))
    expect(requests).toEqual(['/rest/v1/rpc/clerk_sync_write'])
    expect(await sql('select user_id, id, email_address, is_primary from email_addresses order by id')).toEqual([
      { user_id: 'user_1', id: 'idn_a', email_address: 'idn_a@example.com', is_primary: false },
      { user_id: 'user_1', id: 'idn_b', email_address: 'idn_b@example.com', is_primary: true },
    ])
    await clerkSync.apply(userEvent('user.deleted', 'user_1', AT + 2))
    expect(await sql('select id from email_addresses')).toEqual([])
  })

  it('a backfill fills them in one request, and reconcile mends them', async () => {
    const { api, clerkSync, sql, requests, read, settled, stored, truth } = await readFrom(versions)
    expect((await backfill(clerkSync, read)).ok).toBe(true)
    expect(requests.filter((path) => path.includes('write'))).toEqual(['/rest/v1/rpc/clerk_sync_write_many'])
    expect(truth()).toHaveLength(3)
    expect(await stored()).toEqual(truth())
    expect((await reconcile(clerkSync, settled)).drifts).toEqual([])

    const [id = ''] = api.users.ids()
    for (const change of [
      'delete from email_addresses where user_id = $1',
      "update email_addresses set email_address = 'other@example.com' where user_id = $1",
      "insert into email_addresses (user_id, id) values ($1, 'idn_x')",
    ]) {
      await sql(change, id)
      const { drifts } = await reconcile(clerkSync, settled)
      expect(drifts).toMatchObject([{ kind: 'stale', id, columns: ['emailAddresses'] }])
      expect(await stored()).toEqual(truth())
    }
  })

  it('refresh and ensureUser write them', async () => {
    const { api, clerkSync, read, stored, truth } = await readFrom(versions)
    const [id = ''] = api.users.ids()
    expect(await refresh(clerkSync, { ...read, entity: 'user', id })).toBe('created')
    const made = await api.users.create({})
    await ensureUser(clerkSync, { ...read, userId: made.id })
    expect(await stored()).toEqual(truth().filter(([user]) => user === id || user === made.id))
  })
})

it.for([
  ['as they were added', ['idn_a', 'idn_b']],
  ['the other way round', ['idn_b', 'idn_a']],
] as const)('another address becomes the one primary that a unique index allows, listed %s', async ([, ids]) => {
  const { clerkSync, sql } = await open('row', 'create unique index on email_addresses (user_id) where is_primary')
  for (const [at, primary] of ['idn_a', 'idn_b', 'idn_a'].entries()) {
    await clerkSync.apply(withAddresses('user_1', at, ids, primary))
    expect(await sql('select id from email_addresses where is_primary')).toEqual([{ id: primary }])
  }
})

it('an address that another user has is refused by the name of its index, and is taken once it is free', async () => {
  const { clerkSync, sql } = await open('row', 'create unique index mails on email_addresses (email_address)')
  await clerkSync.apply(withAddresses('user_1', 1, ['idn_a']))
  const refused = withAddresses('user_2', 1, ['idn_a'])
  await expect(clerkSync.apply(refused)).rejects.toMatchObject({
    code: 'unique_conflict',
    message: expect.stringContaining('mails'),
  })
  expect(await sql('select id from users')).toEqual([{ id: 'user_1' }])
  await clerkSync.apply(withAddresses('user_1', 2, []))
  expect(await clerkSync.apply(refused)).toBe('created')
  expect(await sql('select user_id, id from email_addresses')).toEqual([{ user_id: 'user_2', id: 'idn_a' }])
})

it('a compare-and-set does not wait for a transaction that refers to the user', async () => {
  const { adapter, clerkSync, sql, url } = await open('row', 'create table notes (user_id text references users)')
  await clerkSync.apply(withAddresses('user_1', 1, ['idn_a']))
  const { version: expected = '' } = (await adapter.find('user', 'user_1')) ?? {}
  const application = new pg.Client(url)
  await application.connect()
  onTestFinished(() => application.end())
  await application.query("begin; insert into notes values ('user_1')")
  const change = { kind: 'upsert', entity: 'user', key: 'user_1', version: '9'.repeat(33), expected } as const
  const given = { values: { email: 'new@example.com' }, parts: { emailAddress: [] } }
  const signal = AbortSignal.timeout(5000)
  expect(await adapter.upsert({ ...change, ...given }, { signal })).toBe('updated')
  expect(await sql('select id from email_addresses')).toEqual([])
})

describe('check', () => {
  const problemsOf = async (...ddl: readonly string[]) => {
    const { clerkSync } = await open('row', ...ddl)
    return (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)
  }
  const KEY = 'alter table email_addresses drop constraint email_addresses_pkey'

  it('finds nothing in the shipped tables, nor in what is of the application alone', async () => {
    expect(await problemsOf()).toEqual([])
    expect(
      await problemsOf(
        "alter table email_addresses add note text unique, add kind text not null default 'k'",
        'create unique index on email_addresses (user_id) where is_primary',
      ),
    ).toEqual([])
  })

  it.for([
    ['no table', 'drop table email_addresses', /^error: The table email_addresses is not in the database/],
    [
      'no column that is filled',
      'alter table email_addresses drop verified',
      /^error: email_addresses\.verified is in the schema but not in the database/,
    ],
    [
      'another key',
      `${KEY}, add primary key (id, user_id, email_address)`,
      /^error: email_addresses has no primary key, or unique index, on user_id and id together/,
    ],
    [
      'a key that begins with the id of the part',
      `${KEY}, add primary key (id, user_id)`,
      /^warning: email_addresses\.user_id is the first column of no index.*create index/,
    ],
    [
      'a column of the application that no part can be without',
      'alter table email_addresses add note text not null',
      /^error: email_addresses\.note is NOT NULL.*return it from map\.emailAddress/,
    ],
    [
      'what must be unique among all users',
      'create unique index mails on email_addresses (email_address)',
      /^warning: email_addresses\.email_address is unique: .*503 unique_conflict/,
    ],
    [
      'no right to remove what is gone',
      'revoke delete on email_addresses from service_role',
      /^error: service_role may not delete in email_addresses, .* Run: grant delete on public\."email_addresses" to/,
    ],
    [
      'a column that the database computes',
      "alter table email_addresses drop is_primary, add is_primary boolean generated always as (id = 'x') stored",
      /^error: email_addresses\.is_primary is generated by the database/,
    ],
    [
      'a view',
      'alter table email_addresses rename to mails; create view email_addresses as select * from mails',
      /^error: email_addresses is a view, a foreign or a partitioned table/,
    ],
  ] as const)('finds %s', async ([, change, message]) => {
    const problems = await problemsOf(change)
    expect(problems.filter((problem) => problem.includes('email_addresses'))).toContainEqual(
      expect.stringMatching(message),
    )
  })
})
