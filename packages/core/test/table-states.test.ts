import { startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { reconcile, tableStates } from '../src/clerk-api/index.ts'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { SECRET } from './fixtures/signing.ts'

test('tableStates() counts live rows and tombstones, and knows when the newest event occurred', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } }, organizations: { columns: { name: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onResult: () => {} })
  const user = (n: number) => ({ object: 'user', id: `user_${n}`, email_addresses: [], created_at: n, updated_at: n })
  const apply = (type: 'user.created' | 'user.deleted', data: object, timestamp: number) =>
    clerkSync.apply({ id: `msg_${timestamp}`, type, data, timestamp, instanceId: null } as never)
  // More than are read at once.
  for (let n = 1; n <= 1100; n++) await apply('user.created', user(n), 1_700_000_000_000 + n)
  await apply('user.deleted', { object: 'user', id: 'user_7', deleted: true }, 1_700_000_009_999)
  expect(await tableStates(clerkSync)).toEqual([
    {
      entity: 'user',
      table: 'users',
      live: 1099,
      tombstones: 1,
      unsynced: 0,
      unlinked: 0,
      newestAt: new Date(1_700_000_009_999),
      oldestReadAt: null,
    },
    {
      entity: 'organization',
      table: 'organizations',
      live: 0,
      tombstones: 0,
      unsynced: 0,
      newestAt: null,
      oldestReadAt: null,
    },
  ])
})

test('tableStates() knows of a kept row when its newest snapshot was, with its version beside too', async () => {
  for (const versions of ['row', 'beside'] as const) {
    const adapter = memoryAdapter({ users: { columns: {}, versions } })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onDelete: 'keep', onResult: () => {} })
    const at = 1_700_000_000_000
    const user = { object: 'user', id: 'user_1', email_addresses: [], created_at: at, updated_at: at }
    const gone = { object: 'user', id: 'user_1', deleted: true }
    const events = [
      { id: 'msg_1', type: 'user.created', data: user, timestamp: at + 1, instanceId: null },
      { id: 'msg_2', type: 'user.deleted', data: gone, timestamp: at + 2, instanceId: null },
    ]
    for (const event of events) await clerkSync.apply(event as never)
    expect(await tableStates(clerkSync)).toMatchObject([{ live: 0, tombstones: 1, newestAt: new Date(at + 1) }])
  }
})

test('tableStates() takes no read for an event: neither what a reconcile wrote, nor the tombstones that it made', async () => {
  const from = Date.now()
  const yesterday = from - 86_400_000
  const unchanged = { first_name: null, created_at: yesterday, updated_at: yesterday }
  const users = [{ id: 'user_event', ...unchanged }, { id: 'user_read' }, { id: 'user_lost' }]
  const api = await startClerkApi({ users })
  onTestFinished(() => api.close())
  const options = { secretKey: api.secretKey, apiUrl: api.url, settleMs: 0 }
  for (const [onDelete, versions] of [
    ['keep', 'row'],
    ['erase', 'row'],
    ['keep', 'beside'],
    ['erase', 'beside'],
  ] as const) {
    const adapter = memoryAdapter({ users: { columns: { firstName: {} }, versions } })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onDelete, onResult: () => {} })
    for (const id of ['user_event', 'user_gone']) {
      const data = { object: 'user', id, email_addresses: [], created_at: yesterday, updated_at: yesterday }
      await clerkSync.apply({
        id: `msg_${id}`,
        type: 'user.created',
        data,
        timestamp: yesterday,
        instanceId: null,
      } as never)
    }
    await reconcile(clerkSync, options)
    const [state] = await tableStates(clerkSync)
    expect(state).toMatchObject({ live: 3, tombstones: 1, newestAt: new Date(yesterday) })
    // By Clerk's clock, whose header has whole seconds.
    expect(state?.oldestReadAt?.getTime()).toBeGreaterThan(from - 2000)
  }
})
