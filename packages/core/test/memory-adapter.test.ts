// What the port's executable specification does where the suites of real databases leave room: adapters are read off it.
import { describe, expect, test } from 'vitest'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { NO_VERSION } from '../src/port/version.ts'

const time = (at: number) => String(at).padStart(13, '0')
const version = (at: number) => `${time(at)}${time(at)}1000000`
const USER = { entity: 'user', key: 'user_1' } as const
const MEMBER = { entity: 'organizationMembership', key: 'orgmem_1' } as const
const upsert = <Of extends object>(of: Of, at: number, values: object = {}, more: object = {}) =>
  ({ kind: 'upsert', ...of, version: version(at), values, ...more }) as const
const removal = <Of extends object>(of: Of, at: number, more: object = {}) =>
  ({
    kind: 'delete',
    mode: 'remove',
    ...of,
    version: `${'9'.repeat(13)}${time(at)}1000000`,
    deletedAt: new Date(at),
    values: {},
    ...more,
  }) as const

describe.each(['row', 'beside'] as const)('versions in the %s', (versions) => {
  test('a hook that does not ask for the row as it was is not given it', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: {} }, versions } })
    await adapter.upsert(upsert(USER, 1, { email: 'old' }) as never)
    const seen: unknown[] = []
    const once = (id: string, at: number, options?: object) =>
      adapter.once(
        { id, type: 'own', entityId: null, occurredAt: new Date(0) },
        upsert(USER, at, { email: `${at}` }) as never,
        (_, outcome, before) => void seen.push(outcome, before && Reflect.get(before, 'email')),
        options as never,
      )
    await once('msg_1', 2)
    await once('msg_2', 3, { before: true })
    expect(seen).toEqual(['updated', undefined, 'updated', '2'])
  })

  const cascade = (table: string) => ({ references: { table, onDelete: 'cascade' } }) as const
  const open = () =>
    memoryAdapter({
      users: { columns: { email: {} }, versions: 'beside' },
      organizations: { columns: { name: {} }, versions: 'beside' },
      organizationMemberships: {
        columns: { userId: cascade('users'), organizationId: cascade('organizations'), role: {} },
        versions,
      },
    })
  const ids = { userId: 'user_1', organizationId: 'org_1' }
  const removedOwners = async (adapter: ReturnType<typeof open>) => {
    await adapter.softDelete(removal(USER, 20) as never)
    await adapter.softDelete(removal({ entity: 'organization', key: 'org_1' }, 10) as never)
  }

  test('what has lost its owners is written as a tombstone of the time when the first of them went, or not at all', async () => {
    const adapter = open()
    await removedOwners(adapter)
    expect(await adapter.upsert(upsert(MEMBER, 5, ids) as never)).toBe('owner_deleted')
    expect(adapter.rows('organizationMemberships')).toEqual([])
    const own = adapter.rows('versions').filter(({ entityId }) => entityId === 'orgmem_1')
    expect(own).toEqual(
      versions === 'row' ? [] : [expect.objectContaining({ version: version(5), deletedAt: new Date(10) })],
    )
  })

  test('an older row goes with its owner, and a newer one stays', async () => {
    for (const [at, outcome, rows] of [
      [4, 'owner_deleted', 0],
      [6, 'stale', 1],
    ] as const) {
      const adapter = open()
      await adapter.upsert(upsert(MEMBER, at, { role: 'org:admin' }) as never)
      await removedOwners(adapter)
      expect(await adapter.upsert(upsert(MEMBER, 5, ids) as never)).toBe(outcome)
      expect(adapter.rows('organizationMemberships')).toHaveLength(rows)
    }
  })
})

test('what is to replace exactly one version finds it in a tombstone too, and goes with its owner', async () => {
  const adapter = memoryAdapter({
    users: { columns: { email: {} }, versions: 'beside' },
    organizationMemberships: { columns: { userId: { references: { table: 'users', onDelete: 'cascade' } } } },
  })
  await adapter.softDelete(removal(USER, 20) as never)
  await adapter.softDelete(removal(MEMBER, 5, { mode: 'erase', version: version(5) }) as never)
  const restored = (more: object) => adapter.upsert(upsert(MEMBER, 9, { userId: 'user_1' }, more) as never)
  expect(await restored({ expected: version(5), live: true })).toBe('already_deleted')
  expect(await restored({ expected: version(4) })).toBe('already_deleted')
  expect(adapter.rows('organizationMemberships')).toHaveLength(1)
  expect(await restored({ expected: version(5) })).toBe('owner_deleted')
  expect(adapter.rows('organizationMemberships')).toEqual([])
})

describe('a row with parts', () => {
  const tables = {
    users: { columns: { email: {}, teamId: { references: { table: 'organizations', onDelete: 'cascade' } } } },
    emailAddresses: { columns: { emailAddress: {} } },
    organizations: { columns: { name: {} }, versions: 'beside' },
  } as const
  const parts = { emailAddress: [{ id: 'idn_1', values: { emailAddress: 'ada@x.org' } }] }
  const outcomes = { remove: 0, keep: 1, erase: 0 } as const

  test.each(['row', 'beside'] as const)('keeps them for as long as its values, versions %s', async (versions) => {
    for (const [mode, left] of Object.entries(outcomes)) {
      if (mode === 'remove' && versions === 'row') continue
      const adapter = memoryAdapter({ ...tables, users: { ...tables.users, versions } })
      await adapter.upsert(upsert(USER, 1, { email: 'ada' }, { parts }) as never)
      expect(adapter.rows('emailAddresses')).toMatchObject([{ userId: 'user_1', clerkId: 'idn_1' }])
      await adapter.softDelete(removal(USER, 2, { mode }) as never)
      expect(adapter.rows('emailAddresses'), mode).toHaveLength(left)
    }
  })

  test('that was kept loses them with its row, once what it belonged to is known to be gone', async () => {
    const adapter = memoryAdapter({ ...tables, users: { ...tables.users, versions: 'beside' } })
    await adapter.upsert(upsert(USER, 1, { email: 'ada' }, { parts }) as never)
    await adapter.softDelete(removal(USER, 9, { mode: 'keep' }) as never)
    expect(adapter.rows('emailAddresses')).toHaveLength(1)
    await adapter.softDelete(removal({ entity: 'organization', key: 'org_1' }, 3) as never)
    expect(await adapter.upsert(upsert(USER, 2, { teamId: 'org_1' }) as never)).toBe('already_deleted')
    expect([adapter.rows('users'), adapter.rows('emailAddresses')]).toEqual([[], []])
  })
})

test('a tombstone that a read made is told from the life that a later snapshot proves', async () => {
  const T0 = 1_760_000_000_000
  const at = (ms: number) => `${T0 + ms}${T0 + ms}1000000`
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const write = (ms: number) => adapter.upsert({ kind: 'upsert', ...USER, version: at(ms), values: { email: `${ms}` } })
  expect(await write(1)).toBe('created')
  const discovered = { version: `9${at(1)}`, deletedAt: new Date(T0 + 10), expected: at(1), values: {} }
  expect(await adapter.softDelete({ kind: 'delete', mode: 'keep', ...USER, ...discovered })).toBe('deleted')
  // From before the read: filled in, and no life.
  expect(await write(5)).toBe('already_deleted')
  expect(adapter.rows('users')).toMatchObject([{ email: '5', deletedAt: new Date(T0 + 10) }])
  expect(await write(20)).toBe('updated')
  expect(adapter.rows('users')).toMatchObject([{ email: '20', deletedAt: null }])
})

test('a row that the application has made is not synced, and has no version of its own', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const event = { id: 'msg_1', type: 'own', entityId: null, occurredAt: new Date(0) }
  await adapter.once(event, undefined, (tx) => tx.insert('users', { id: 'user_1', email: 'own' }))
  expect(await adapter.find('user', 'user_1')).toMatchObject({ synced: false, deleted: false, version: NO_VERSION })
})
