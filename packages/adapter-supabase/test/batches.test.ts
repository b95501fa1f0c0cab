// What a batch cannot answer by itself.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { discoveredDelete } from '@clerk-sync/core/adapter'
import { KEYS } from '@clerk-sync/supabase-fake'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const AT = 1_760_000_000_000
const version = (at: number) => `${AT + at}${AT + at}1000000`
const upsert = (key: string, at: number) =>
  ({ kind: 'upsert', entity: 'user', key, version: version(at), values: { email: `${key}@example.com` } }) as const

async function open(answered = (results: unknown): unknown => results) {
  const { postgrest, sql } = await openProject('supabase_batches', 'functions', 'tables')
  const asked: string[] = []
  /** How many changes each call had. */
  const sizes: number[] = []
  const client = clientOf(postgrest.url, KEYS.service, {
    global: {
      fetch: async (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input)
        asked.push(pathname.replace('/rest/v1/rpc/', ''))
        const response = await fetch(input, init)
        const sent: { readonly changes?: readonly unknown[] } = JSON.parse(String(init?.body ?? '{}'))
        if (sent.changes) sizes.push(sent.changes.length)
        if (!pathname.endsWith('clerk_sync_write_many')) return response
        return Response.json(answered(await response.json()))
      },
    },
  })
  return { sql, asked, sizes, adapter: supabaseAdapter(client, { users: { table: 'users', columns: ['email'] } }) }
}

it('a snapshot that is newer than a delete that a read has discovered brings its row back', async () => {
  const { sql, asked, adapter } = await open()
  const [ada, bob] = ['user_ada', 'user_bob']
  for (const key of [ada, bob]) await adapter.upsert(upsert(key, 1_000))
  const values = { email: null }
  const seen = version(1_000)
  await adapter.softDelete(
    discoveredDelete({ mode: 'erase', entity: 'user', key: ada, seen, at: AT + 2_000, values, versions: 'row' }),
  )
  await adapter.softDelete({
    ...({ kind: 'delete', mode: 'erase', entity: 'user', key: bob, values } as const),
    ...{ version: `${'9'.repeat(13)}${AT + 2_000}1000000`, deletedAt: new Date(AT + 2_000) },
  })
  const changes = [upsert(ada, 3_000), upsert(bob, 3_000), upsert('user_eve', 3_000)]
  asked.length = 0
  const written = await adapter.writeMany(changes)
  expect(new Map(written.map(({ change, ...rest }) => [change.key, rest]))).toEqual(
    new Map([
      [ada, { outcome: 'updated' }],
      [bob, { outcome: 'already_deleted' }],
      ['user_eve', { outcome: 'created' }],
    ]),
  )
  expect(asked.filter((name) => name === 'clerk_sync_write_many')).toHaveLength(1)
  expect(await sql('select id, email, deleted_at is null as live from users order by id')).toEqual([
    { id: ada, email: 'user_ada@example.com', live: true },
    { id: bob, email: null, live: false },
    { id: 'user_eve', email: 'user_eve@example.com', live: true },
  ])
})

it('a row that has no result is an error, and no other takes its result', async () => {
  const { adapter } = await open((results) => (Array.isArray(results) ? results.slice(0, -1) : results))
  const [ada, eve] = [upsert('user_ada', 1_000), upsert('user_eve', 1_000)]
  expect(await adapter.writeMany([ada, eve])).toEqual([
    { change: ada, outcome: 'created' },
    {
      change: eve,
      error: expect.objectContaining({ code: 'store_failed', message: expect.stringContaining('user_eve') }),
    },
  ])
})

it('deletes, and what expects a version, go by themselves, and nothing is written twice', async () => {
  const { asked, sizes, adapter } = await open()
  for (const key of ['user_ada', 'user_bob']) await adapter.upsert(upsert(key, 1_000))
  const deleted = { kind: 'delete', mode: 'erase', entity: 'user', key: 'user_ada', values: { email: null } } as const
  const changes = [
    { ...deleted, version: `${'9'.repeat(13)}${AT + 2_000}1000000`, deletedAt: new Date(AT + 2_000) },
    { ...upsert('user_bob', 2_000), expected: version(1_000) },
    upsert('user_eve', 1_000),
  ]
  asked.length = 0
  const written = await adapter.writeMany(changes)
  expect(written).toHaveLength(3)
  expect(new Map(written.map(({ change, ...rest }) => [change.key, rest]))).toEqual(
    new Map([
      ['user_ada', { outcome: 'deleted' }],
      ['user_bob', { outcome: 'updated' }],
      ['user_eve', { outcome: 'created' }],
    ]),
  )
  expect(asked.toSorted()).toEqual(['clerk_sync_replace', 'clerk_sync_write', 'clerk_sync_write_many'])
  expect(sizes).toEqual([1])
})

it('a call writes 50 rows with their parts at most', async () => {
  const { sizes, adapter } = await open()
  const changes = Array.from({ length: 101 }, (_, n) => ({
    ...upsert(`user_${n}`, 1_000),
    parts: { emailAddress: [] },
  }))
  const written = await adapter.writeMany(changes)
  expect(sizes).toEqual([50, 50, 1])
  expect(new Set(written.map(({ change }) => change.key)).size).toBe(101)
  expect(written.filter((one) => 'outcome' in one && one.outcome === 'created')).toHaveLength(101)
})
