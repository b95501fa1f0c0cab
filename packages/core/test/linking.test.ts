import type { ClerkEvent } from '@clerk-sync/core'
import { describe, expect, test } from 'vitest'
import { backfill } from '../src/clerk-api/index.ts'
import { createClerkSync } from '../src/index.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../src/memory/memory-adapter.ts'
import { failsWith, setting } from './clerk-api/setting.ts'

const columns = { email: { unique: true }, firstName: {}, isProven: {} }
const UNTIL = new Date(Date.now() + 3_600_000)
const proven = (row: object) => Reflect.get(row, 'isProven') === true

const event = (id: string, email: string, status: string, firstName: string | null = null): ClerkEvent =>
  JSON.parse(
    JSON.stringify({
      id: `msg_${id}_${status}`,
      type: 'user.created',
      timestamp: 1_760_000_000_000,
      instanceId: null,
      data: {
        id,
        object: 'user',
        first_name: firstName,
        updated_at: 1_760_000_000_000,
        primary_email_address_id: 'idn_1',
        email_addresses: [{ id: 'idn_1', email_address: email, verification: { status, strategy: 'email_code' } }],
      },
    }),
  )

async function legacy(versions: 'row' | 'beside') {
  const tables = { users: { columns, versions } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  await database.transaction((tx) => tx.insert('users', { email: 'Ada@example.com', firstName: 'Ada', isProven: true }))
  const adapter = memoryAdapter(tables, { database })
  const map = {
    user: (_: unknown, { email, firstName }: { email: unknown; firstName: unknown }) => ({ email, firstName }),
  }
  const link = { by: 'email', proven, until: UNTIL } as const
  return {
    database,
    clerkSync: createClerkSync({ adapter, map, link, ...(versions === 'beside' && { onDelete: 'remove' }) }),
  }
}

describe.each(['row', 'beside'] as const)('linking at delivery, versions in the %s', (versions) => {
  test('a user who signs up gets the row that was there before, and it keeps what Clerk does not have', async () => {
    const { database, clerkSync } = await legacy(versions)
    expect(await clerkSync.apply(event('user_ada', 'ada@example.com', 'verified'))).toBe('updated')
    expect(database.rows('users')).toMatchObject([
      { id: 'user_ada', email: 'ada@example.com', firstName: 'Ada', isProven: true },
    ])
  })

  test('says why a user was not linked whose row is refused for it', async () => {
    const { database, clerkSync } = await legacy(versions)
    await database.transaction((tx) => {
      const [row] = tx.rows('users')
      tx.update('users', String(row?.id), { email: 'ada@example.com', isProven: false })
    })
    await expect(clerkSync.apply(event('user_ada', 'ada@example.com', 'verified'))).rejects.toEqual(
      failsWith('unique_conflict', /was not linked: .*link\.proven/),
    )
    expect(database.rows('users')).toMatchObject([{ firstName: 'Ada' }])
  })
})

test('a user who signs up while a backfill links gets no row that another one matches', async () => {
  const tables = { users: { columns } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  await database.transaction((tx) => tx.insert('users', { email: 'old@example.com', firstName: 'wanted' }))
  let counted = 0
  const { api, read } = await setting({
    users: 1,
    // All were read once.
    onAnswer: async ({ path }) => void (path === '/users/count' && ++counted === 2 && (await api.users.create({}))),
  })
  const clerkSync = createClerkSync({ adapter: memoryAdapter(tables, { database }) })
  const link = { by: () => 'wanted', column: 'firstName' } as const
  const result = await backfill(clerkSync, { ...read, entities: ['user'], link: link as never })
  const [first, second] = api.users.ids()
  expect(result.link).toMatchObject({ linked: 1, clashing: [{ id: second, why: 'several_users' }] })
  expect(database.rows('users').map(({ id }) => id)).toEqual([first])
})

test.each([
  [{ by: 'email' }, /proven must be a function/],
  [{ by: 'phone', proven }, /by is 'email', 'external_id', or a function/],
  [{ by: 'external_id' }, /column must name/],
  [{ by: 'email', proven, verified: true }, /no option "verified": did you mean "proven"/],
  [{ by: 'external_id', column: 'legacyId', adminVerified: true }, /adminVerified is for/],
])('refuses link: %o', async (link, message) => {
  const { clerkSync, read } = await setting({ users: 1 })
  await expect(backfill(clerkSync, { ...read, link: link as never })).rejects.toEqual(
    failsWith('config_invalid', message),
  )
})

test('a dry run without link says what to ask in its place', async () => {
  const { clerkSync, read } = await setting({ users: 1 })
  await expect(backfill(clerkSync, { ...read, dryRun: true })).rejects.toEqual(
    failsWith('config_invalid', /reconcile\(\{ dryRun: true \}\)/),
  )
})

test('an adapter that cannot link says so, and how to do without', async () => {
  const { linking: _, ...adapter } = memoryAdapter({ users: { columns } })
  expect(() => createClerkSync({ adapter, link: { by: 'email', proven, until: UNTIL } })).toThrow(
    /memory cannot link rows that were there before.*the page "Adopting a table"/,
  )
})
