import { describe, expect, test } from 'vitest'
import { ClerkSyncError } from '../src/index.ts'
import { type MemoryTables, memoryAdapter } from '../src/memory/memory-adapter.ts'
import { deleted, envelope, membership, organization, T0, user } from './fixtures/payloads.ts'
import { send } from './fixtures/sync.ts'
import { recording, untyped, usersOf } from './fixtures/untyped.ts'

const created = (overrides = {}) => envelope('user.created', user(overrides))
const removed = envelope('user.deleted', deleted('user_1'))

describe('a delete', () => {
  const columns = { email: {}, label: { required: true }, banned: { required: true, default: false }, note: {} }
  const map = {
    user: (json: { first_name: string | null; banned: boolean }, record: { email: string }) => ({
      email: record.email,
      label: json.first_name ?? '',
      banned: json.banned,
    }),
    deletedUser: ({ id }: { id: string }) => ({ label: `deleted ${id}` }),
  }

  test.each([
    ['after', [created({ banned: true }), removed]],
    ['before', [removed, created({ banned: true })]],
    ['without', [removed]],
  ])('%s its snapshot: deletedUser fills, the rest is empty', async (_, bodies) => {
    const { rows, ...clerkSync } = usersOf(columns, { map })
    for (const body of bodies) expect((await send(clerkSync, body)).status).toBe(200)
    expect(rows()).toMatchObject([
      { id: 'user_1', email: null, label: 'deleted user_1', banned: false, note: null, deletedAt: new Date(T0 + 20) },
    ])
  })

  test('deletedUser may return any mapped column', async () => {
    const { rows, ...clerkSync } = usersOf(columns, {
      map: { ...map, deletedUser: () => ({ label: '', email: 'gone@example.com', banned: true }) },
    })
    await send(clerkSync, created())
    await send(clerkSync, removed)
    expect(rows()).toMatchObject([{ email: 'gone@example.com', label: '', banned: true }])
  })

  test.each([
    ['after', [created({ banned: true }), removed]],
    ['before', [removed, created({ banned: true })]],
  ])('that keeps, %s its snapshot, leaves its values and the time', async (_, bodies) => {
    const { rows, ...clerkSync } = usersOf(columns, { map, onDelete: 'keep' })
    for (const body of bodies) expect((await send(clerkSync, body)).status).toBe(200)
    expect(rows()).toMatchObject([
      { email: 'ada@example.com', label: 'Ada', banned: true, deletedAt: new Date(T0 + 20) },
    ])
  })

  test.each([
    ['after', ['created', 'deleted']],
    ['before', ['deleted', 'created']],
  ])('of a membership, %s its snapshot, keeps its references and erases the rest', async (_, kinds) => {
    const adapter = memoryAdapter<MemoryTables>({
      organizationMemberships: {
        columns: {
          organizationId: { required: true },
          userId: { required: true },
          role: { required: true },
          permissions: {},
        },
      },
    })
    const clerkSync = untyped(adapter)
    for (const kind of kinds) await send(clerkSync, envelope(`organizationMembership.${kind}`, membership()))
    expect(adapter.rows('organizationMemberships')).toMatchObject([
      {
        id: 'orgmem_1',
        organizationId: 'org_1',
        userId: 'user_1',
        role: 'org:admin',
        permissions: null,
        deletedAt: new Date(T0 + 20),
      },
    ])
  })

  test('of an organization is filled by deletedOrganization', async () => {
    const adapter = memoryAdapter<MemoryTables>({ organizations: { columns: { name: { required: true } } } })
    const clerkSync = untyped(adapter, {
      map: {
        organization: (json: { name: string }) => ({ name: json.name }),
        deletedOrganization: ({ id }: { id: string }) => ({ name: id }),
      },
    })
    await send(clerkSync, envelope('organization.created', organization()))
    await send(clerkSync, envelope('organization.deleted', deleted('org_1', 'organization')))
    expect(adapter.rows('organizations')).toMatchObject([{ name: 'org_1' }])
  })
})

describe('an adapter that knows little of its columns', () => {
  test('null is written where nothing says that it may not', async () => {
    const { values, adapter } = recording({ email: {}, banned: {} })
    await send(untyped(adapter), removed)
    expect(values).toEqual([{ email: null, banned: null }])
  })

  test('a column that is not nullable needs a value, be it its own default', async () => {
    const unfilled = recording({ banned: { nullable: false } })
    expect(() => untyped(unfilled.adapter)).toThrow(ClerkSyncError)
    for (const emptyValue of [false, 0, '', undefined]) {
      const { values, adapter } = recording({ banned: { nullable: false, emptyValue } })
      await send(untyped(adapter), removed)
      expect(values).toEqual([{ banned: emptyValue }])
    }
  })

  test('under onDelete: keep, a tombstone without a row before leaves the columns to their defaults', async () => {
    const { values, adapter } = recording({ email: {}, banned: { nullable: false, emptyValue: false } })
    await send(untyped(adapter, { onDelete: 'keep' }), removed)
    expect(values).toEqual([{ banned: false }])
  })
})
