import { event } from '@clerk-sync/test-support/events'
import { startClerkApi } from '@clerk-sync/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { backfill, reconcile, refresh } from '../src/clerk-api/index.ts'
import { ClerkSyncError, createClerkSync, ensureUser } from '../src/index.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../src/memory/memory-adapter.ts'
import { emailAddress, envelope, T0, user } from './fixtures/payloads.ts'
import { SECRET } from './fixtures/signing.ts'
import { send } from './fixtures/sync.ts'

const users = { columns: { email: {} } }
const emailAddresses = { columns: { emailAddress: {}, verified: {}, isPrimary: {}, note: { default: 'own' } } }
const tables = { users, emailAddresses, phoneNumbers: { columns: { phoneNumber: {} } } }

/** Clerk with some users, and a library that has a table of users, which is filled, and new tables of parts. */
async function setting(count = 3) {
  // Each request is a second later than the one before it, by Clerk's clock, which has no smaller unit: a read of the same time is no newer.
  let requests = 0
  const api = await startClerkApi({
    seed: 1,
    webhooks: 'never',
    users: count,
    organizations: 0,
    memberships: 0,
    now: () => Date.now() + requests * 1000,
    onRequest: () => void requests++,
  })
  onTestFinished(() => api.close())
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 1_000_000, retries: 2 } }
  const database = new MemoryDatabase(memorySchema(tables))
  const before = createClerkSync({ adapter: memoryAdapter({ users }, { database }), signingSecret: SECRET })
  expect((await backfill(before, read)).ok).toBe(true)
  const adapter = memoryAdapter(tables, { database })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  const stored = () =>
    adapter.rows('emailAddresses').map(({ userId, clerkId, emailAddress }) => `${userId} ${clerkId} ${emailAddress}`)
  const truth = () =>
    api.users
      .ids()
      .flatMap((id) => (api.users.get(id)?.email_addresses ?? []).map((one) => `${id} ${one.id} ${one.email_address}`))
  return { api, database, clerkSync, stored, truth, read, settled: { ...read, settleMs: 0, graceMs: 0 } }
}

describe('a part of which Clerk sends little', () => {
  const proof = { columns: { verified: {}, verificationStrategy: {} } }
  const given = {
    users,
    emailAddresses: proof,
    web3Wallets: proof,
    externalAccounts: proof,
    phoneNumbers: { columns: { ...proof.columns, reservedForSecondFactor: {}, defaultSecondFactor: {} } },
  }
  const open = () => {
    const adapter = memoryAdapter(given)
    return { adapter, ...createClerkSync({ adapter, signingSecret: SECRET, logger: false }) }
  }
  const LISTS = ['email_addresses', 'phone_numbers', 'web3_wallets', 'external_accounts']

  test('is not verified, and no second factor', async () => {
    const { adapter, ...clerkSync } = open()
    const lists = Object.fromEntries(LISTS.map((list) => [list, [{ id: `of_${list}` }]]))
    expect(await send(clerkSync, envelope('user.created', user(lists)))).toMatchObject({ status: 200 })
    for (const table of ['emailAddresses', 'web3Wallets', 'externalAccounts', 'phoneNumbers'] as const) {
      const factors = { reservedForSecondFactor: false, defaultSecondFactor: false }
      expect(adapter.rows(table), table).toEqual([
        expect.objectContaining({
          verified: false,
          verificationStrategy: null,
          ...(table === 'phoneNumbers' && factors),
        }),
      ])
    }
  })

  test.each(LISTS)('and no id is refused, by the list: %s', async (list) => {
    const sync = open()
    const refused = sync.apply(event('user.created', T0, { ...user(), [list]: [{}] }))
    await expect(refused).rejects.toMatchObject({
      code: 'payload_invalid',
      message: expect.stringContaining(`Each entry of data.${list} must have an id`),
    })
    expect(sync.adapter.rows('users')).toEqual([])
  })
})

describe('tables of parts', () => {
  test('a backfill fills new ones, of users whose rows are there', async () => {
    const { clerkSync, read, stored, truth } = await setting()
    expect(stored()).toEqual([])
    expect((await backfill(clerkSync, read)).ok).toBe(true)
    expect(truth()).toHaveLength(3)
    expect(stored().sort()).toEqual(truth().sort())
  })

  test('reconcile finds them empty, mends them, and then finds nothing', async () => {
    const { clerkSync, settled, stored, truth } = await setting()
    const dry = await reconcile(clerkSync, { ...settled, dryRun: true })
    expect(dry.drift).toMatchObject({ user: { stale: 3 } })
    expect(stored()).toEqual([])
    const found = await reconcile(clerkSync, settled)
    expect(found.drifts).toHaveLength(3)
    expect(found.drifts[0]).toMatchObject({ kind: 'stale', entity: 'user', columns: ['emailAddresses'] })
    expect(stored().sort()).toEqual(truth().sort())
    expect((await reconcile(clerkSync, settled)).drifts).toEqual([])
  })

  test.each([
    ['is gone', (row: { id: string }) => ({ gone: row.id })],
    ['has another value', (row: { id: string }) => ({ changed: row.id })],
    ['is one too many', () => ({ more: true })],
  ])('reconcile mends a user of whom a part %s', async (_, what) => {
    const { api, clerkSync, database, settled, stored, truth } = await setting()
    await reconcile(clerkSync, settled)
    const [id = ''] = api.users.ids()
    await database.transaction((tx) => {
      const row = tx.rows('emailAddresses').find(({ userId }) => userId === id) as { id: string }
      const { gone, changed, more } = what(row) as { gone?: string; changed?: string; more?: boolean }
      if (gone) tx.delete('emailAddresses', gone)
      if (changed) tx.update('emailAddresses', changed, { emailAddress: 'other@example.com' })
      if (more) tx.insert('emailAddresses', { id: `${id} idn_x`, userId: id, clerkId: 'idn_x', emailAddress: 'x' })
    })
    const { drifts } = await reconcile(clerkSync, settled)
    expect(drifts).toMatchObject([{ kind: 'stale', id, columns: ['emailAddresses'] }])
    expect(stored().sort()).toEqual(truth().sort())
  })

  test("columns of the application's own are no drift, and stay", async () => {
    const { clerkSync, database, settled } = await setting()
    await reconcile(clerkSync, settled)
    await database.transaction((tx) => {
      for (const row of tx.rows('emailAddresses')) tx.update('emailAddresses', String(row.id), { note: 'mine' })
    })
    expect((await reconcile(clerkSync, settled)).drifts).toEqual([])
    expect(database.rows('emailAddresses').map(({ note }) => note)).toEqual(['mine', 'mine', 'mine'])
  })

  test('refresh and ensureUser write them', async () => {
    const { api, clerkSync, read, stored, truth } = await setting()
    const [id = ''] = api.users.ids()
    expect(await refresh(clerkSync, { ...read, entity: 'user', id })).toBe('updated')
    expect(stored()).toEqual(truth().filter((one) => one.startsWith(id)))
    const made = await api.users.create({})
    await ensureUser(clerkSync, { ...read, userId: made.id })
    expect(stored().filter((one) => one.startsWith(made.id))).toEqual(truth().filter((one) => one.startsWith(made.id)))
  })

  test('a map fills their columns, from what Clerk sends and the record', async () => {
    const adapter = memoryAdapter({ users, emailAddresses: { columns: { address: { required: true }, domain: {} } } })
    const clerkSync = createClerkSync({
      adapter,
      signingSecret: SECRET,
      map: {
        emailAddress: (json, record) => ({
          address: `${json.user_id} ${record.isPrimary}`,
          domain: json.email_address?.split('@')[1] ?? null,
        }),
      },
    })
    const json = user({
      primary_email_address_id: 'idn_1',
      email_addresses: [emailAddress('idn_1', 'ada@example.com')],
    })
    expect((await send(clerkSync, envelope('user.created', json))).status).toBe(200)
    expect(adapter.rows('emailAddresses')).toMatchObject([
      { userId: 'user_1', clerkId: 'idn_1', address: 'user_1 true', domain: 'example.com' },
    ])
  })

  test('a map that leaves out a required column is refused at set-up', () => {
    const adapter = memoryAdapter({ users, emailAddresses: { columns: { label: { required: true } } } })
    const create = () => createClerkSync({ adapter, signingSecret: SECRET, map: {} as never })
    expect(create).toThrow(/Nothing fills emailAddresses\.label.*return it from map\.emailAddress/)
  })

  test('without a table of users they are refused at set-up', () => {
    expect(() => memoryAdapter({ emailAddresses })).toThrow(/memoryAdapter was given emailAddresses without users/)
  })

  test('a list that is none is refused, with the payload at fault, and nothing is written', async () => {
    const adapter = memoryAdapter(tables)
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false })
    for (const email_addresses of ['none', [{ email_address: 'ada@example.com' }], [null]]) {
      const event = JSON.parse(envelope('user.created', user({ email_addresses: email_addresses as never })))
      const applied = clerkSync.apply({ ...event, id: 'msg_1', instanceId: null })
      await expect(applied).rejects.toSatisfy((error) => ClerkSyncError.is(error) && error.code === 'payload_invalid')
    }
    expect(adapter.rows('users')).toEqual([])
  })

  test('a snapshot without the list has none, and of two parts with one id the first is stored', async () => {
    const adapter = memoryAdapter(tables)
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
    const twice = [emailAddress('idn_1', 'first@example.com'), emailAddress('idn_1', 'second@example.com')]
    await send(clerkSync, envelope('user.created', user({ email_addresses: twice })))
    expect(adapter.rows('emailAddresses')).toMatchObject([{ clerkId: 'idn_1', emailAddress: 'first@example.com' }])
    const { email_addresses: _, ...without } = user({ updated_at: Date.now() })
    await send(clerkSync, envelope('user.updated', without as ReturnType<typeof user>))
    expect(adapter.rows('emailAddresses')).toEqual([])
  })
})
