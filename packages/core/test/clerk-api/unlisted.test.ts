import { event } from '@clerk-sync/test-support/events'
import { startClerkApi } from '@clerk-sync/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { backfill, reconcile, refresh } from '../../src/clerk-api/index.ts'
import { createClerkSync } from '../../src/index.ts'
import { memoryAdapter } from '../../src/memory/memory-adapter.ts'
import { SECRET } from '../fixtures/signing.ts'
import { expectClerksTruth, failsWith, proxyOf, setting } from './setting.ts'

// What Clerk's lists leave out, and is there all the same; and what they show without a time.

const DAY_MS = 86_400_000
const FREE = { id: 'cplan_free', slug: 'free', name: 'Free', amount: 0, currency: 'USD', is_default: true }
const EVERY = Number.POSITIVE_INFINITY

/** Of a user and an organization, in a table with these columns. */
async function subscriptionsIn(columns: Record<string, object>, map: object = {}) {
  const api = await startClerkApi({ seed: 1, users: 2, organizations: 1, subscriptions: 2, subscriptionItems: 2 })
  onTestFinished(() => api.close())
  const payer = { id: 'cpayer_org', user_id: '', organization_id: api.organizations.ids()[0] as string }
  await api.subscriptions.create({ id: 'csub_org', payer_id: payer.id, payer })
  await api.subscriptionItems.create({ id: 'csub_item_org', payer })
  const adapter = memoryAdapter({ subscriptions: { columns } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, map } as never)
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 1_000_000, retries: 2 } }
  const live = () => adapter.rows('subscriptions').filter(({ deletedAt }) => deletedAt === null)
  return { api, clerkSync, read, settled: { ...read, settleMs: 0, graceMs: 0 }, live }
}

describe('a subscription that no listed item leads to', () => {
  const ownerId = ({ payer }: { payer: { user_id?: string; organization_id?: string } }) => ({
    ownerId: payer.organization_id || payer.user_id,
  })

  test('stays where one column has whoever pays, user or organization', async () => {
    const { api, clerkSync, read, settled, live } = await subscriptionsIn({ ownerId: {} }, { subscription: ownerId })
    expect(await backfill(clerkSync, read)).toMatchObject({ ok: true })
    for (const id of api.subscriptionItems.ids()) api.subscriptionItems.hide(id)
    expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
    expect(live()).toHaveLength(3)
    for (const id of api.subscriptions.ids()) {
      expect(await refresh(clerkSync, { ...read, entity: 'subscription', id })).not.toBe('absent')
    }
  })

  test('stays where the table says nothing of who pays, and an item does not either', async () => {
    const { api, clerkSync, read, settled, live } = await subscriptionsIn({ status: {} })
    await backfill(clerkSync, read)
    api.subscriptionItems.hide(api.subscriptionItems.ids()[0] as string)
    await api.subscriptionItems.create({ id: 'csub_item_nobody', payer: { user_id: '', organization_id: '' } })
    expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: false, incomplete: ['subscription'], drifts: [] })
    expect(live()).toHaveLength(3)
  })

  test('stays where the table says nothing of who pays, and no item is listed at all', async () => {
    const { api, clerkSync, read, settled, live } = await subscriptionsIn({ status: {} })
    await backfill(clerkSync, read)
    api.fail({ kind: 'empty', path: '/billing/subscription_items', times: EVERY })
    expect(await reconcile(clerkSync, settled)).toMatchObject({
      ok: false,
      tooManyDeletes: [{ entity: 'subscription', found: 3, allowed: 0 }],
    })
    expect(live()).toHaveLength(3)
  })

  test('makes a backfill incomplete, where an item does not say who pays', async () => {
    const { api, clerkSync, read } = await subscriptionsIn({ status: {} })
    await api.subscriptionItems.create({ id: 'csub_item_nobody', payer: { user_id: '', organization_id: '' } })
    expect(await backfill(clerkSync, read)).toMatchObject({ ok: false, incomplete: ['subscription'] })
  })

  test('is not gone where its payer is said to have what is no subscription', async () => {
    const { api, clerkSync, read, settled, live } = await subscriptionsIn({ userId: {}, organizationId: {} })
    await backfill(clerkSync, read)
    api.subscriptionItems.hide('csub_item_org')
    const other = await proxyOf(
      api,
      (path) => path,
      (path, body) => (/organizations\/.*subscription$/.test(path) ? '{"object":"user","id":"user_1"}' : body),
    )
    await expect(reconcile(clerkSync, { ...settled, apiUrl: other })).rejects.toEqual(
      failsWith('clerk_unavailable', /it has another id than was asked for/),
    )
    expect(live()).toHaveLength(3)
  })
})

describe.each([
  ['waitlistEntry', 'waitlistEntries', '/waitlist_entries'],
  ['subscriptionItem', 'subscriptionItems', '/billing/subscription_items'],
] as const)('a list that shows nothing at all, of %s,', (entity, kind, path) => {
  const filled = async () => {
    const set = await setting({ users: 3, waitlistEntries: 3, subscriptionItems: 3 })
    await backfill(set.clerkSync, set.read)
    set.api.fail({ kind: 'empty', path, times: EVERY })
    const live = () => set.rows(kind).filter(({ deletedAt }) => deletedAt === null).length
    return { ...set, live }
  }

  test('deletes nothing', async () => {
    const { clerkSync, settled, live } = await filled()
    expect(await reconcile(clerkSync, settled)).toMatchObject({
      ok: false,
      drifts: [],
      tooManyDeletes: [{ entity, found: 3, allowed: 0 }],
    })
    expect(live()).toBe(3)
  })

  test('is believed where maxDeletes says that so many may go', async () => {
    const { clerkSync, settled, live } = await filled()
    expect(await reconcile(clerkSync, { ...settled, maxDeletes: 3 })).toMatchObject({ ok: true, tooManyDeletes: [] })
    expect(live()).toBe(0)
  })
})

describe('a subscription item', () => {
  /** Whose events arrive. */
  async function delivered() {
    const set: Awaited<ReturnType<typeof setting>> = await setting({
      users: 12,
      subscriptions: 4,
      subscriptionItems: 4,
      webhooks: 'once',
      onWebhook: async ({ event }) => void (await set.clerkSync.apply(event)),
    })
    await backfill(set.clerkSync, set.read)
    return set
  }

  test('goes with its user, however many', async () => {
    const { api, clerkSync, read, rows, settled } = await delivered()
    const users = api.users.ids().slice(0, 4)
    for (const user_id of users)
      await api.subscriptionItems.create({ id: `csub_item_2_${user_id}`, payer: { user_id } })
    await backfill(clerkSync, read)
    for (const id of users) await api.users.delete(id)
    const result = await reconcile(clerkSync, { ...settled, maxDeletes: 4 })
    expect(result).toMatchObject({ ok: true, drift: { subscriptionItem: { orphaned: 8, undeleted: 0 } } })
    expectClerksTruth({ api, rows })
  })

  test.each(['abandoned', 'incomplete', 'expired', 'canceled'] as const)(
    'that is %s and was never listed stays, until its user is gone',
    async (status) => {
      const { api, clerkSync, row, settled } = await delivered()
      const user_id = api.users.ids().at(-1) as string
      await api.subscriptionItems.create({ id: 'csub_item_never', status, payer: { user_id } })
      api.subscriptionItems.hide('csub_item_never')
      expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
      expect(row('subscriptionItems', 'csub_item_never')).toMatchObject({ status, deletedAt: null })
      await api.users.delete(user_id)
      expect((await reconcile(clerkSync, settled)).drifts).toMatchObject([{ kind: 'orphaned', id: 'csub_item_never' }])
      expect(row('subscriptionItems', 'csub_item_never')?.deletedAt).toBeInstanceOf(Date)
    },
  )

  test('that was listed once and is no more is gone, whatever its id begins with', async () => {
    const { api, clerkSync, read, row, settled } = await setting({ users: 2, subscriptionItems: 2 })
    await api.subscriptionItems.create({ id: 'subi_1', payer: { user_id: api.users.ids()[0] as string } })
    await backfill(clerkSync, read)
    await api.subscriptionItems.delete('subi_1')
    expect((await reconcile(clerkSync, settled)).drifts).toMatchObject([{ kind: 'undeleted', id: 'subi_1' }])
    expect(row('subscriptionItems', 'subi_1')?.deletedAt).toBeInstanceOf(Date)
  })
})

describe('a free item, which the Backend API gives no time,', () => {
  async function free(period_start: number) {
    const set = await setting({ users: 2 })
    const payer = { id: 'cpayer_1', user_id: set.api.users.ids()[0] as string, organization_id: '' }
    const item = { id: 'csub_item_free', plan: FREE, period_start, period_end: null, payer, status: 'active' } as const
    await set.api.subscriptionItems.create(item)
    /** An event that Clerk does not show yet. */
    const ended = (at: number) =>
      set.clerkSync.apply(event('subscriptionItem.ended', at, { ...item, status: 'ended', updated_at: at }))
    return { ...set, ended, options: { ...set.settled, graceMs: 300_000 } }
  }

  test('keeps what an event said seconds before it was read', async () => {
    const { clerkSync, read, row, ended, options } = await free(Date.now() - DAY_MS)
    await backfill(clerkSync, read)
    await ended(Date.now() - 10_000)
    expect(row('subscriptionItems', 'csub_item_free')?.status).toBe('ended')
    expect(await refresh(clerkSync, { ...read, entity: 'subscriptionItem', id: 'csub_item_free' })).toBe('stale')
    await backfill(clerkSync, read)
    await reconcile(clerkSync, options)
    expect(row('subscriptionItems', 'csub_item_free')?.status).toBe('ended')
  })

  test('is a loss where it is missing since long ago, and pending where it has just begun', async () => {
    const old = await free(Date.now() - DAY_MS)
    expect(await reconcile(old.clerkSync, old.options)).toMatchObject({ drift: { subscriptionItem: { missing: 1 } } })
    const young = await free(Date.now())
    expect(await reconcile(young.clerkSync, young.options)).toMatchObject({
      drift: { subscriptionItem: { missing: 0 } },
    })
  })

  test('is a loss where it differs from what an old event left', async () => {
    const { clerkSync, row, ended, options } = await free(Date.now() - DAY_MS)
    await ended(Date.now() - DAY_MS / 2)
    expect(await reconcile(clerkSync, options)).toMatchObject({ drift: { subscriptionItem: { stale: 1 } } })
    expect(row('subscriptionItems', 'csub_item_free')?.status).toBe('active')
  })
})

test('whoever does not find what it has just listed is named by what was asked', async () => {
  const { api, clerkSync, read, settled } = await setting({ roles: 3 })
  await backfill(clerkSync, { ...read, entities: ['role'] })
  await api.roles.delete(api.roles.ids()[0] as string)
  api.fail({ kind: 'missing', path: /^\/organization_roles\/./, times: EVERY })
  await expect(reconcile(clerkSync, { ...settled, entities: ['role'] })).rejects.toEqual(
    failsWith('clerk_unavailable', /\/organization_roles/),
  )
})
