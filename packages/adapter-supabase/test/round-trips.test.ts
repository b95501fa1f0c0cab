import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { databaseFault } from '@clerk-sync/core/adapter'
import { KEYS } from '@clerk-sync/supabase-fake'
import { userEvent } from '@clerk-sync/test-support/events'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

// The fake of PostgREST counts requests: what one costs inside the database, a test of the real thing would tell.
const at = 1_760_000_000_000
const events = [
  userEvent('user.created', 'user_1', at),
  userEvent('user.updated', 'user_1', at + 1_000, { first_name: 'Ada' }),
  userEvent('user.updated', 'user_1', at + 500, { first_name: 'late' }),
  userEvent('user.deleted', 'user_1', at + 2_000),
]

async function open(versions: 'row' | 'beside' = 'row') {
  const { postgrest, sql } = await openProject('supabase_trips', 'functions', 'tables', 'versions')
  if (versions === 'beside') await sql('alter table users drop column clerk_version, drop column deleted_at')
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'users', columns: ['email', 'first_name'] },
    events: 'clerk_events',
    ...(versions === 'beside' && { versions: 'clerk_versions' }),
  })
  const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = postgrest.requests()
    await work()
    return postgrest.requests() - before
  }
  return { adapter, requestsOf, sql }
}

it.for(['row', 'beside'] as const)('an event without a hook is one request, versions: %s', async (versions) => {
  const { adapter, requestsOf } = await open(versions)
  const clerkSync = createClerkSync({ adapter })
  const counts = []
  for (const event of events) counts.push(await requestsOf(() => clerkSync.apply(event)))
  expect(counts).toEqual([1, 1, 1, 1])
})

it('a delete that keeps values beside the table is three requests, and a late event of such a row three more', async () => {
  const { adapter, requestsOf } = await open('beside')
  const clerkSync = createClerkSync({ adapter, onDelete: 'keep' })
  const [created, , late, deleted] = events
  const older = userEvent('user.updated', 'user_1', at + 250)
  const counts = []
  for (const event of [created, deleted, late, older, deleted]) {
    counts.push(await requestsOf(() => clerkSync.apply(event as (typeof events)[number])))
  }
  // The older one is not written, and a delete that is there neither.
  expect(counts).toEqual([1, 3, 4, 3, 2])
})

it.for(['row', 'beside'] as const)(
  'an event with a hook is two requests beside those of the hook, and a duplicate one, versions: %s',
  async (versions) => {
    const { adapter, requestsOf } = await open(versions)
    const hook = () => {}
    const on = { 'user.created': hook, 'user.updated': hook, 'user.deleted': hook, 'email.created': hook }
    const clerkSync = createClerkSync({ adapter, on })
    const email = { ...userEvent('user.created', 'ema_1', at), type: 'email.created' } as (typeof events)[number]
    const counts = []
    for (const event of [...events, email, email]) counts.push(await requestsOf(() => clerkSync.apply(event)))
    expect(counts).toEqual([2, 2, 2, 2, 2, 1])
  },
)

it.for(['row', 'beside'] as const)(
  'a batch is one request for 200 rows, and check and prune are one each, versions: %s',
  async (versions) => {
    const { adapter, requestsOf } = await open(versions)
    const changes = Array.from({ length: 401 }, (_, n) => ({
      kind: 'upsert' as const,
      entity: 'user' as const,
      key: `user_${n}`,
      version: '1'.repeat(33),
      values: { email: `${n}@example.com` },
    }))
    expect(await requestsOf(() => adapter.writeMany(changes))).toBe(3)
    expect(await requestsOf(() => adapter.check())).toBe(1)
    expect(await requestsOf(() => adapter.prune(new Date()))).toBe(1)
    expect(await requestsOf(() => adapter.find('user', 'user_1'))).toBe(versions === 'row' ? 1 : 2)
  },
)

it('what is refused is asked for once, and once more only where its own reference may be to a removed row', async () => {
  const { adapter, requestsOf, sql } = await open('beside')
  await sql(`create unique index on users (email);
    create table teams (id text primary key);
    alter table users add foreign key (first_name) references teams;
    create table posts (author text references users (id));`)
  const upsert = (key: string, values: object) =>
    adapter.upsert({ kind: 'upsert', entity: 'user', key, version: '1'.repeat(33), values: { ...values } })
  const refused = async (write: () => Promise<unknown>) => {
    let fault: unknown
    const requests = await requestsOf(() => write().catch((error: unknown) => (fault = databaseFault(error))))
    return [fault, requests]
  }
  const email = 'ada@example.com'
  expect(await upsert('user_1', { email })).toBe('created')
  await sql("insert into posts values ('user_1')")
  expect(await refused(() => upsert('user_2', { email }))).toEqual(['unique_conflict', 1])
  expect(await refused(() => upsert('user_2', { first_name: 'no team' }))).toEqual(['reference_missing', 2])
  const removal = { kind: 'delete', mode: 'remove', entity: 'user', key: 'user_1', values: {} } as const
  const deleted = { ...removal, version: '2'.repeat(33), deletedAt: new Date(at) }
  expect(await refused(() => adapter.softDelete(deleted))).toEqual(['reference_missing', 1])
})
