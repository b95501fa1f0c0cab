import { expect, test } from 'vitest'
import { tableStates } from '../src/clerk-api/index.ts'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { SECRET } from './fixtures/signing.ts'

test('tableStates() counts live rows and tombstones, and knows when the newest change occurred', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } }, organizations: { columns: { name: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onResult: () => {} })
  const user = (n: number) => ({ object: 'user', id: `user_${n}`, email_addresses: [], created_at: n, updated_at: n })
  const apply = (type: 'user.created' | 'user.deleted', data: object, timestamp: number) =>
    clerkSync.apply({ id: `msg_${timestamp}`, type, data, timestamp, instanceId: null } as never)
  // More than are read at once.
  for (let n = 1; n <= 1100; n++) await apply('user.created', user(n), 1_700_000_000_000 + n)
  await apply('user.deleted', { object: 'user', id: 'user_7', deleted: true }, 1_700_000_009_999)
  expect(await tableStates(clerkSync)).toEqual([
    { entity: 'user', table: 'users', live: 1099, tombstones: 1, unsynced: 0, newestAt: new Date(1_700_000_009_999) },
    { entity: 'organization', table: 'organizations', live: 0, tombstones: 0, unsynced: 0, newestAt: null },
  ])
})
