import type { ClerkEvent } from '@clerk-sync/core'
import { describe, expect, test, vi } from 'vitest'
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

  test('a list of events links as deliveries do', async () => {
    const { database, clerkSync } = await legacy(versions)
    const results = await clerkSync.applyMany([
      event('user_ada', 'ada@example.com', 'verified'),
      event('user_eve', 'eve@example.com', 'verified'),
    ])
    expect(results).toMatchObject([{ outcome: 'updated' }, { outcome: 'created' }])
    expect(database.rows('users').map(({ id }) => id)).toEqual(['user_ada', 'user_eve'])
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

describe('whose row a user gets', () => {
  const ADA = { email: 'ada@example.com', isProven: true }
  const byEmail = { by: 'email', proven }
  type Row = Readonly<Record<string, unknown>>
  type Address = readonly [address: string, status?: string, strategy?: string]

  /** The rows, after a user with these addresses has signed up, and the error where there was one. */
  async function signUp(rows: readonly Row[], addresses: readonly Address[], link: object = byEmail, more = {}) {
    const tables = { users: { columns: { ...columns, legacyId: {} } } } as const
    const database = new MemoryDatabase(memorySchema(tables))
    for (const row of rows) await database.transaction((tx) => tx.insert('users', row))
    const clerkSync = createClerkSync({
      adapter: memoryAdapter(tables, { database }),
      map: { user: (_, { email }) => ({ email }) },
      link: { ...link, until: UNTIL } as never,
    })
    const { data, ...envelope } = event('user_ada', addresses[0]?.[0] ?? '', 'verified')
    const email_addresses = addresses.map(([email_address, status = 'verified', strategy = 'email_code'], n) => ({
      id: `idn_${n + 1}`,
      email_address,
      verification: { status, strategy },
    }))
    const why = await clerkSync.apply({ ...envelope, data: { ...data, email_addresses, ...more } } as never).then(
      () => 'written',
      (error: Error) => error.message,
    )
    const linked = database.rows('users').filter(({ id, isProven }) => id === 'user_ada' && isProven !== null)
    return { why, linked: linked.length }
  }

  test.each<[what: string, rows: readonly Row[], addresses: readonly Address[], link: object, why: RegExp]>([
    ['an address that Clerk has not verified', [ADA], [[ADA.email, 'unverified']], byEmail, /not verified in Clerk/],
    [
      'one that an administrator called verified',
      [ADA],
      [[ADA.email, 'verified', 'admin']],
      byEmail,
      /not verified in/,
    ],
    ['two rows of one address', [ADA, { ...ADA, email: 'Ada@example.com' }], [[ADA.email]], byEmail, /several rows/],
    ['the row of another user', [{ ...ADA, id: 'user_eve' }], [[ADA.email]], byEmail, /another user's Clerk id/],
    ['a proof that is no true', [ADA], [[ADA.email]], { by: 'email', proven: () => 'no' }, /link\.proven says/],
    [
      'an address with a letter that is k in lower case',
      [{ ...ADA, email: '\u212Aay@example.com' }],
      [['kay@example.com']],
      byEmail,
      /^written$/,
    ],
    [
      'the same the other way round',
      [{ ...ADA, email: 'kay@example.com' }],
      [['\u212Aay@example.com']],
      byEmail,
      /^written$/,
    ],
  ])('none for %s', async (_, rows, addresses, link, why) => {
    expect(await signUp(rows, addresses, link)).toEqual({ why: expect.stringMatching(why), linked: 0 })
  })

  test.each<[what: string, addresses: readonly Address[], link: object]>([
    ['any of the own addresses', [['other@example.com'], ['ADA@example.com']], byEmail],
    [
      'an address that an administrator has verified, where that is enough',
      [[ADA.email, 'verified', 'admin']],
      { ...byEmail, adminVerified: true },
    ],
  ])('the one of %s', async (_, addresses, link) => {
    expect(await signUp([ADA], addresses, link)).toEqual({ why: 'written', linked: 1 })
  })

  const legacy = { email: 'old@example.com', isProven: true, legacyId: 'l_1' }
  const byFunction = (by: unknown) => ({ by, column: 'legacyId' })
  test('none by what the user has written, which a function does not get', async () => {
    const by = ({ unsafe_metadata, public_metadata }: Record<string, Record<string, unknown> | undefined>) =>
      unsafe_metadata?.id ?? public_metadata?.id
    const written = (key: string) => signUp([legacy], [['new@example.com']], byFunction(by), { [key]: { id: 'l_1' } })
    expect(await written('unsafe_metadata')).toEqual({ why: 'written', linked: 0 })
    expect(await written('public_metadata')).toEqual({ why: 'written', linked: 1 })
  })

  test('none by an empty value, which rows without one may have as well', async () => {
    const empty = { ...legacy, legacyId: '' }
    expect(
      await signUp(
        [empty],
        [['new@example.com']],
        byFunction(() => ''),
      ),
    ).toMatchObject({ linked: 0 })
    const external = { by: 'external_id', column: 'legacyId' }
    expect(await signUp([empty], [['new@example.com']], external, { external_id: '' })).toMatchObject({ linked: 0 })
    expect(await signUp([legacy], [['new@example.com']], external, { external_id: 'l_1' })).toMatchObject({ linked: 1 })
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

test('a backfill that links again writes what Clerk has changed since, and keeps what Clerk does not have', async () => {
  const tables = { users: { columns } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  const { api, read } = await setting({ users: 2 })
  const [changed = '', same = ''] = api.users.ids()
  const emails = [changed, same].map((id) => api.users.get(id)?.email_addresses[0]?.email_address)
  for (const email of emails) {
    await database.transaction((tx) => tx.insert('users', { email, firstName: 'Old', isProven: true }))
  }
  for (const id of [changed, same]) await api.users.update(id, { first_name: null })
  const clerkSync = createClerkSync({
    adapter: memoryAdapter(tables, { database }),
    map: { user: (_, { email, firstName }) => ({ email, firstName }) },
  })
  const link = { ...read, entities: ['user'] as const, link: { by: 'email', proven } as const }
  const stored = () => Object.fromEntries(database.rows('users').map(({ id, firstName }) => [String(id), firstName]))
  expect((await backfill(clerkSync, link)).link).toMatchObject({ linked: 2 })
  expect(stored()).toEqual({ [changed]: 'Old', [same]: 'Old' })
  await api.users.update(changed, { first_name: 'New' })
  expect((await backfill(clerkSync, link)).ok).toBe(true)
  expect(stored()).toEqual({ [changed]: 'New', [same]: 'Old' })
  // What Clerk has had, and has no more, is no value of the application's.
  await api.users.update(changed, { first_name: null })
  expect((await backfill(clerkSync, link)).ok).toBe(true)
  expect(stored()).toEqual({ [changed]: null, [same]: 'Old' })
})

test('a backfill that links says of each user who was not linked why, and before it writes the same', async () => {
  const tables = { users: { columns } } as const
  const database = new MemoryDatabase(memorySchema({ users: { columns: { ...columns, email: {} } } }))
  const { api, read } = await setting()
  const emailOf = (id: string) => `${id}@example.com`
  const [matched = '', twice = '', unproven = '', taken = '', twoRows = ''] = await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) => {
      const verification = { status: 'verified', strategy: 'email_code' }
      const id = `user_${n}`
      const email_addresses = [{ id: `idn_${n}`, email_address: emailOf(id), verification }]
      await api.users.create({ id, email_addresses, primary_email_address_id: `idn_${n}` } as never)
      return id
    }),
  )
  await database.transaction((tx) => {
    tx.insert('users', { email: emailOf(matched), isProven: true })
    for (const _ of [1, 2]) tx.insert('users', { email: emailOf(twice), isProven: true })
    tx.insert('users', { email: emailOf(unproven), isProven: false })
    tx.insert('users', { id: 'user_other', email: emailOf(taken), isProven: true, clerkVersion: '0' })
    tx.insert('users', { email: emailOf(twoRows), isProven: true })
    tx.insert('users', { id: twoRows, email: null, clerkVersion: '0' })
  })
  const clerkSync = createClerkSync({
    adapter: memoryAdapter(tables, { database }),
    map: { user: (_, { email }) => ({ email }) },
  })
  const run = (dryRun: boolean) =>
    backfill(clerkSync, { ...read, entities: ['user'], dryRun, link: { by: 'email', proven } })
  const none = { several_users: 0, address_unverified: 0, row_changed: 0 }
  const expected = {
    matched: 1,
    // Whose address another user's row has gets a row of their own.
    unmatchedUsers: 1,
    clashes: { ...none, several_rows: 1, row_unproven: 1, row_taken: 1, user_has_row: 1 },
  }
  const dry = await run(true)
  expect(dry).toMatchObject({ ok: false, link: { ...expected, dryRun: true, linked: 0 } })
  const done = await run(false)
  expect(done).toMatchObject({ ok: false, link: { ...expected, dryRun: false, linked: 1 } })
  const why = new Map(done.link?.clashing.map((one) => [one.id, one.why]))
  expect([twice, unproven, taken, twoRows].map((id) => why.get(id))).toEqual([
    'several_rows',
    'row_unproven',
    'row_taken',
    'user_has_row',
  ])
  expect(done.failures.map(({ id, error }) => [id, error.code]).sort()).toEqual(
    [twice, unproven].map((id) => [id, 'link_clash']).sort(),
  )
})

test('with overwrite, a backfill that links again leaves no value that Clerk does not have', async () => {
  const tables = { users: { columns } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  const { api, read } = await setting({ users: 1 })
  const [id = ''] = api.users.ids()
  const email = api.users.get(id)?.email_addresses[0]?.email_address
  await database.transaction((tx) => tx.insert('users', { email, firstName: 'Old', isProven: true }))
  await api.users.update(id, { first_name: null })
  const clerkSync = createClerkSync({
    adapter: memoryAdapter(tables, { database }),
    map: { user: (_, { email, firstName }) => ({ email, firstName }) },
  })
  const run = (overwrite: boolean) =>
    backfill(clerkSync, { ...read, entities: ['user'], link: { by: 'email', proven, overwrite } })
  const stored = () => database.rows('users').map(({ firstName }) => firstName)
  expect((await run(false)).link).toMatchObject({ linked: 1, columns: { firstName: { kept: 1 } } })
  expect(stored()).toEqual(['Old'])
  // A read is newer than the one before it from the next second on, by Clerk's clock.
  const overwritten = async () => {
    expect((await run(true)).ok).toBe(true)
    expect(stored()).toEqual([null])
  }
  await vi.waitFor(overwritten, { timeout: 5000 })
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
