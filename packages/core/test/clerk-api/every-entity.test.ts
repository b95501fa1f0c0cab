import type { ClerkApi, ClerkApiObjects } from '@clerk-sync/testing'
import { describe, expect, test } from 'vitest'
import { backfill, listedEntities, reconcile, refresh } from '../../src/clerk-api/index.ts'
import type { Entity } from '../../src/index.ts'
import { expectClerksTruth, failsWith, KINDS, proxyOf, setting, TABLE_OF } from './setting.ts'

const WORLD = {
  users: 12,
  organizations: 3,
  memberships: 6,
  organizationInvitations: 4,
  organizationDomains: 3,
  roles: 4,
  permissions: 5,
  waitlistEntries: 6,
  subscriptions: 8,
  subscriptionItems: 8,
  paymentAttempts: 5,
} satisfies { readonly [K in (typeof KINDS)[number]]: number }

/** With an organization that pays, and a user on the free plan. */
async function billed(...[clerk, ...more]: Parameters<typeof setting>) {
  const set = await setting({ ...WORLD, ...clerk }, ...more)
  const { api } = set
  const [organizationId] = api.organizations.ids()
  const payer = { id: 'cpayer_org', user_id: '', organization_id: organizationId as string }
  await api.subscriptions.create({ id: 'csub_org', payer_id: payer.id, payer })
  await api.subscriptionItems.create({ id: 'csub_item_org', payer, plan_period: 'annual' })
  const free = { slug: 'free', name: 'Free', amount: 0, is_default: true }
  const amount = { amount: 0, currency: 'USD' }
  await api.subscriptionItems.create({
    id: 'csub_item_free',
    plan: free,
    amount,
    payer: { user_id: api.users.ids()[0] },
  })
  await api.paymentAttempts.create({ id: 'pa_org', payer, status: 'paid', paid_at: Date.now() })
  return set
}

/** Whatever says when, and not what. */
function withoutVersion({ clerkVersion, ...row }: { readonly clerkVersion: unknown }): object {
  return row
}

test('what Clerk has a way to all of, owners first', () => {
  expect(listedEntities.map(({ entity }) => entity)).toEqual([
    'user',
    'organization',
    'organizationMembership',
    'organizationInvitation',
    'organizationDomain',
    'role',
    'permission',
    'waitlistEntry',
    'subscription',
    'subscriptionItem',
    'paymentAttempt',
  ])
})

test('backfill gives the rows that the events would have given, of every entity', async () => {
  const byEvents = await setting()
  const byReads = await billed({
    webhooks: 'once',
    onWebhook: async ({ event }) => void (await byEvents.clerkSync.apply(event)),
  })
  const { api } = byReads
  // What was there from the start has sent no event: each is changed once.
  for (const kind of KINDS) {
    // Of invitations, no other change sends one.
    const change = kind === 'organizationInvitations' ? { status: 'revoked' } : {}
    for (const id of api[kind].ids()) await api[kind].update(id, change as object)
  }
  const result = await backfill(byReads.clerkSync, byReads.read)
  expect(result).toMatchObject({ ok: true, failures: [] })
  expectClerksTruth(byReads)
  for (const { table } of listedEntities) {
    const [read, sent] = [byReads, byEvents].map(({ clerkSync }) => clerkSync.adapter.rows(table).map(withoutVersion))
    expect(read?.length, table).toBeGreaterThan(0)
    expect(read, table).toEqual(expect.arrayContaining(sent ?? []))
    expect(sent, table).toHaveLength(read?.length ?? 0)
  }
})

test('reconcile finds nothing after backfill, run after run: free items without a time as well', async () => {
  const { clerkSync, read, settled } = await billed()
  await backfill(clerkSync, read)
  const before = clerkSync.stored()
  for (let run = 0; run < 2; run++) {
    expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
  }
  expect(clerkSync.stored()).toEqual(before)
})

describe.each(['row', 'beside'] as const)(
  'reconcile deletes what Clerk has no more, by its own proof, versions %s:',
  (versions) => {
    const cases: readonly (readonly [Entity, keyof ClerkApiObjects])[] = [
      ['role', 'roles'],
      ['permission', 'permissions'],
      ['waitlistEntry', 'waitlistEntries'],
      ['subscription', 'subscriptions'],
      ['subscriptionItem', 'subscriptionItems'],
    ]
    test.each(cases)('%s', async (entity, kind) => {
      const { api, clerkSync, read, rows, settled } = await billed({}, {}, {}, versions)
      await backfill(clerkSync, read)
      const [gone = ''] = api[kind].ids()
      await api[kind].delete(gone)
      const result = await reconcile(clerkSync, settled)
      expect(result.drifts).toEqual([expect.objectContaining({ kind: 'undeleted', entity, id: gone })])
      expect(result.ok).toBe(true)
      expectClerksTruth({ api, rows })
      expect((await reconcile(clerkSync, settled)).drifts).toEqual([])
    })

    test.each(cases)('%s, which lives again where Clerk has it after all', async (entity, kind) => {
      const { api, clerkSync, read, rows, settled } = await billed({}, {}, {}, versions)
      await backfill(clerkSync, read)
      const [hidden = ''] = api[kind].ids()
      api[kind].hide(hidden)
      expect((await reconcile(clerkSync, settled)).drifts).toMatchObject([{ kind: 'undeleted', id: hidden }])
      api[kind].show(hidden)
      expect((await reconcile(clerkSync, settled)).drifts).toMatchObject([{ kind: 'revived', entity, id: hidden }])
      expectClerksTruth({ api, rows })
    })

    test.each(cases)('%s, where it is the only table', async (entity, kind) => {
      const { api, clerkSync, read, row, settled } = await billed({}, {}, {}, versions)
      await backfill(clerkSync, { ...read, entities: [entity] as never })
      const [gone = ''] = api[kind].ids()
      await api[kind].delete(gone)
      const result = await reconcile(clerkSync, { ...settled, entities: [entity] as never })
      expect(result).toMatchObject({ ok: true, drifts: [{ kind: 'undeleted', id: gone }] })
      const left = row(kind as never, gone)
      expect(versions === 'row' ? left?.deletedAt : left).toEqual(versions === 'row' ? expect.any(Date) : undefined)
    })
  },
)

describe('a list that proves an absence is not believed', () => {
  const byList = [
    ['waitlistEntry', 'waitlistEntries', '/waitlist_entries'],
    ['subscriptionItem', 'subscriptionItems', '/billing/subscription_items'],
  ] as const

  test.each(byList)('where %s is missing in it with all others', async (_, kind, path) => {
    const { api, clerkSync, read, row, settled } = await billed()
    await backfill(clerkSync, read)
    const [gone = ''] = api[kind].ids()
    await api[kind].delete(gone)
    // Once it was read whole, by the walks of what is compared first.
    const onProgress = ({ step }: { step: string }) => {
      if (step === 'scan') api.fail({ kind: 'empty', path, times: Number.POSITIVE_INFINITY })
    }
    await expect(reconcile(clerkSync, { ...settled, onProgress })).rejects.toEqual(
      failsWith('clerk_unavailable', /cannot be believed/),
    )
    expect(row(kind, gone)?.deletedAt).toBeNull()
  })

  test.each(byList)('where %s is missing in one that counts more than it lists', async (_, kind, path) => {
    const { api, clerkSync, read, row, settled } = await billed()
    await backfill(clerkSync, read)
    const [gone = ''] = api[kind].ids()
    await api[kind].delete(gone)
    let isScanned = false
    const apiUrl = await proxyOf(
      api,
      (asked) => asked,
      (asked, body) => {
        if (!isScanned || !asked.startsWith(`/v1${path}`)) return body
        const { data, total_count } = JSON.parse(body)
        return JSON.stringify({ data, total_count: total_count + 1 })
      },
    )
    const onProgress = ({ step }: { step: string }) => {
      if (step === 'scan') isScanned = true
    }
    await reconcile(clerkSync, { ...settled, apiUrl, onProgress })
    expect(row(kind, gone)?.deletedAt).toBeNull()
  })

  test.each(byList)('where %s is missing in it once', async (_, kind) => {
    const { api, clerkSync, read, row, settled } = await billed()
    await backfill(clerkSync, read)
    const [hidden = ''] = api[kind].ids()
    api[kind].hide(hidden)
    // It is there again before the second look: what it waits for between the two is all of the time.
    const settleMs = 300
    const onProgress = ({ step, total }: { step: string; total: number | null }) =>
      void (step === 'settle' && total === settleMs && api[kind].show(hidden))
    const result = await reconcile(clerkSync, { ...settled, settleMs, onProgress })
    expect(result).toMatchObject({ ok: true, drifts: [] })
    expect(row(kind, hidden)?.deletedAt).toBeNull()
  })
})

describe('subscriptions, of which Clerk has no list,', () => {
  const requestsOf = (api: ClerkApi) => api.requests.filter(({ path }) => path.endsWith('/billing/subscription'))

  test('cost one request for each payer, whatever the number of items and of walks', async () => {
    const { api, clerkSync, read } = await billed()
    const [payer] = api.users.ids()
    for (const id of ['csub_item_2', 'csub_item_3'])
      await api.subscriptionItems.create({ id, payer: { user_id: payer } })
    expect(await backfill(clerkSync, { ...read, entities: ['subscription'] })).toMatchObject({
      ok: true,
      counts: { subscription: { created: 9 } },
    })
    const paths = requestsOf(api).map(({ path }) => path)
    expect(paths).toHaveLength(9)
    expect(new Set(paths).size).toBe(9)
  })

  test('name whom they are of, which the Backend API does not', async () => {
    const { api, clerkSync, read, row } = await billed()
    await backfill(clerkSync, read)
    const [organizationId] = api.organizations.ids()
    expect(row('subscriptions', 'csub_org')).toMatchObject({ payerId: 'cpayer_org', organizationId, userId: null })
    const [id = ''] = api.subscriptions.ids()
    expect(row('subscriptions', id)).toMatchObject({ userId: api.users.ids()[0], organizationId: null })
  })

  test('that are no more where their payer has another one', async () => {
    const { api, clerkSync, read, row, rows, settled } = await billed()
    await backfill(clerkSync, read)
    const [had = ''] = api.subscriptions.ids()
    const [payer] = api.users.ids()
    await api.subscriptions.delete(had)
    await api.subscriptions.create({ id: 'csub_new', payer: { user_id: payer } })
    const { drifts } = await reconcile(clerkSync, settled)
    expect(drifts.map(({ kind, id }) => [kind, id])).toEqual([
      ['missing', 'csub_new'],
      ['undeleted', had],
    ])
    expect(row('subscriptions', had)?.deletedAt).toBeInstanceOf(Date)
    expectClerksTruth({ api, rows })
  })

  test('go with their user, however many', async () => {
    const { api, clerkSync, read, rows, settled } = await billed()
    await backfill(clerkSync, read)
    for (const id of api.users.ids().slice(0, 4)) await api.users.delete(id)
    const result = await reconcile(clerkSync, { ...settled, maxDeletes: 6 })
    expect(result.drift).toMatchObject({ user: { undeleted: 4 }, subscription: { orphaned: 4 } })
    expect(result.ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test('are read on where a backfill was killed', async () => {
    const { api, clerkSync, read, rows } = await billed({ users: 140, subscriptions: 120, subscriptionItems: 120 })
    let saved: object | undefined
    const checkpoint = {
      load: () => structuredClone(saved),
      save: (one?: object) => {
        saved = structuredClone(one)
      },
    }
    const stop = new AbortController()
    const killed = backfill(clerkSync, {
      ...read,
      checkpoint,
      signal: stop.signal,
      onProgress: ({ entity }) => {
        if (entity === 'subscription') stop.abort(new Error('killed'))
      },
    })
    await expect(killed).rejects.toThrow('killed')
    expect(rows('subscriptions').length).toBeLessThan(121)
    expect(await backfill(clerkSync, { ...read, checkpoint })).toMatchObject({ ok: true, resumed: true })
    expectClerksTruth({ api, rows })
  })
})

test('payment attempts of a statement that lists fewer than it counts are incomplete', async () => {
  const { api, clerkSync, read } = await billed()
  const [id = ''] = api.paymentAttempts.ids()
  const statement = `/billing/statements/${api.paymentAttempts.get(id)?.statement_id}/payment_attempts`
  const cutting = await proxyOf(
    api,
    (path) => path,
    (path, body) => {
      const cut = path.startsWith(`/v1${statement}`) ? { data: [], total_count: 1 } : undefined
      return cut ? JSON.stringify(cut) : body
    },
  )
  const result = await backfill(clerkSync, { ...read, apiUrl: cutting, entities: ['paymentAttempt'] })
  expect(result).toMatchObject({
    ok: false,
    incomplete: ['paymentAttempt'],
    counts: { paymentAttempt: { created: 5 } },
  })
})

test('payment attempts stay: what was tried stays tried', async () => {
  const { api, clerkSync, read, row, settled } = await billed()
  await backfill(clerkSync, read)
  await api.paymentAttempts.delete('pa_org')
  expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
  expect(row('paymentAttempts', 'pa_org')).toMatchObject({ status: 'paid', amount: 2000, deletedAt: null })
})

test('an item of which the Backend API does not say who pays is refused, and named', async () => {
  const { api, clerkSync, read, row } = await billed()
  await api.subscriptionItems.create({ id: 'csub_item_nobody', payer: { user_id: '', organization_id: '' } })
  const result = await backfill(clerkSync, read)
  expect(result).toMatchObject({
    ok: false,
    failures: [
      {
        entity: 'subscriptionItem',
        id: 'csub_item_nobody',
        error: { code: 'payload_invalid', message: expect.stringContaining('data.payer.id') },
      },
    ],
  })
  expect(row('subscriptionItems', 'csub_item_nobody')).toBeUndefined()
  expect(row('subscriptionItems', 'csub_item_org')).toBeDefined()
})

test.each(KINDS)('refresh reads one of %s', async (kind) => {
  const { api, clerkSync, read, rows } = await billed()
  const [id = ''] = api[kind].ids()
  const entity = listedEntities.find(({ table }) => table === TABLE_OF[kind])?.entity as never
  const options = { ...read, entity, id }
  expect(await refresh(clerkSync, options)).toBe('created')
  expect(clerkSync.stored()).toHaveLength(1)
  // Whichever of two reads of the same second claims to be older loses.
  expect(['unchanged', 'updated', 'stale']).toContain(await refresh(clerkSync, options))
  expect(rows('users').length).toBe(kind === 'users' ? 1 : 0)
})
