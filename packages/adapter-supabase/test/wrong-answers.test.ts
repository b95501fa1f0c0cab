// What a proxy, or functions of another version, put in the place of a function's result is never taken for it.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const at = new Date(1_760_000_000_000)
const event = { id: 'msg_1', type: 't', entityId: 'user_1', occurredAt: at }
const letter = { id: 'msg_1', type: 't', entityId: 'user_1', code: 'value_refused', payload: '{}', parkedAt: at }
const change = { kind: 'upsert', entity: 'user', key: 'user_1', version: '1'.repeat(33), values: {} } as const
const seen = { value: 'a', key: null, row: { id: null, email: 'a' } }

const adapterOn = (client: ReturnType<typeof clientOf>) =>
  supabaseAdapter(client, {
    users: { table: 'users', columns: ['email'] },
    emailAddresses: { table: 'email_addresses', columns: [] },
    events: 'clerk_events',
    deadLetters: 'clerk_dead_letters',
  })
type Adapter = ReturnType<typeof adapterOn>

/** What calls each of the functions. */
const CALLS: Readonly<Record<string, (adapter: Adapter) => unknown>> = {
  clerk_sync_write: ({ upsert }) => upsert(change),
  clerk_sync_write_many: ({ writeMany }) => writeMany([change]),
  clerk_sync_write_once: ({ once }) => once(event, change, () => {}),
  clerk_sync_replace: ({ upsert }) => upsert({ ...change, expected: '0' }),
  clerk_sync_prune: ({ prune }) => prune(at),
  clerk_sync_count_events: ({ countEvents }) => countEvents?.(at),
  clerk_sync_prune_tombstones: ({ tombstones }) => tombstones?.remove({ entity: 'user', before: at, keys: ['user_1'] }),
  clerk_sync_park: ({ deadLetters }) => deadLetters?.park(letter, { most: 1, since: at }),
  clerk_sync_find_letters: ({ deadLetters }) => deadLetters?.find('all'),
  clerk_sync_drop_letter: ({ deadLetters }) => deadLetters?.drop('msg_1'),
  clerk_sync_find_to_link: ({ linking }) =>
    linking?.find({ entity: 'user', column: 'email', values: ['a'], ignoreCase: true }),
  clerk_sync_link: ({ linking }) => linking?.set({ entity: 'user', column: 'email', seen, to: 'user_1' }),
  clerk_sync_facts: (adapter) => createClerkSync({ adapter }).check(),
  clerk_sync_refusing: (adapter) => createClerkSync({ adapter }).check(),
  clerk_sync_count_letters: (adapter) => createClerkSync({ adapter }).check(),
}

/** Of each function's result a part is there, or all of it with another type; of a list, one of several. */
const ANSWERS: readonly unknown[] = [
  { ok: true },
  'written',
  [null],
  ['a text', 1],
  [{ message: 'refused' }],
  [{ code: '23505' }],
  ['created', { code: '23505' }],
  [{ id: 'msg_1' }],
  [{ payload: '{}' }],
  [{ id: 1, payload: '{}' }],
  [{ value: 'a' }],
  [{ row: {} }],
  [{ value: 'a', row: 'b' }],
  { users: { columns: {} }, clerk_events: null, clerk_dead_letters: null, email_addresses: null },
  { users: { indexes: [] }, clerk_events: null, clerk_dead_letters: null, email_addresses: null },
  { users: null },
]

it.for(Object.entries(CALLS))('of %s', async ([name, call]) => {
  const { postgrest, sql } = await openProject('supabase_wrong_answers', 'functions', 'tables')
  await sql('create table email_addresses (user_id text not null, id text not null, primary key (user_id, id))')
  await sql('grant all on email_addresses to service_role')
  let answer: unknown
  const asked: string[] = []
  const client = clientOf(postgrest.url, KEYS.service, {
    global: {
      fetch: async (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input)
        asked.push(pathname)
        return pathname.endsWith(`/rpc/${name}`) ? Response.json(answer) : fetch(input, init)
      },
    },
  })
  for (answer of ANSWERS) {
    const error: unknown = await Promise.resolve(call(adapterOn(client))).then(
      (value) => ({ answer, taken: value }),
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'store_failed', status: 503, message: expect.stringContaining(name) })
  }
  expect(asked.filter((path) => path.endsWith(`/rpc/${name}`))).toHaveLength(ANSWERS.length)
  expect(await sql('select id from users')).toEqual([])
})
