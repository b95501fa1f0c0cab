// What refers to a removed row and has its own version in the row, while another delivery reaches it.
import { expect, test } from 'vitest'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'

const [FIRST, SECOND] = ['1', '2'].map((end) => end.padStart(33, '0')) as [string, string]
const DELETED_AT = new Date(5)
const MEMBERSHIP = { entity: 'organizationMembership', key: 'orgmem_1' } as const

test.each([
  ['is kept as a tombstone meanwhile, and does not go', true],
  ['lives, and goes', false],
])('a row that %s with its owner', async (_, isKept) => {
  const adapter = memoryAdapter({
    users: { columns: {}, versions: 'beside' },
    organizationMemberships: {
      columns: { userId: { references: { table: 'users', onDelete: 'cascade' } }, role: {} },
    },
  })
  await adapter.upsert({ kind: 'upsert', ...MEMBERSHIP, version: FIRST, values: { role: 'org:admin' } })
  const removed = { version: SECOND, deletedAt: DELETED_AT, values: {} }
  await adapter.softDelete({ kind: 'delete', mode: 'remove', entity: 'user', key: 'user_1', ...removed })
  if (isKept) await adapter.softDelete({ kind: 'delete', mode: 'keep', ...MEMBERSHIP, ...removed })

  // A read that saw the row alive.
  const read = { version: SECOND, values: { userId: 'user_1' }, expected: FIRST, live: true }
  expect(await adapter.upsert({ kind: 'upsert', ...MEMBERSHIP, ...read })).toBe(
    isKept ? 'already_deleted' : 'owner_deleted',
  )
  const kept = { id: 'orgmem_1', role: 'org:admin', userId: null, clerkVersion: FIRST, deletedAt: DELETED_AT }
  expect(adapter.rows('organizationMemberships')).toEqual(isKept ? [kept] : [])
})
