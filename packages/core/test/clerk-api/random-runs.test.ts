import type { ClerkApi, WebhookFate } from '@clerk-sync/testing'
import { expect, test } from 'vitest'
import { backfill, reconcile } from '../../src/clerk-api/index.ts'
import { expectClerksTruth, KINDS, setting } from './setting.ts'

const RUNS = Number(process.env.CLERK_SYNC_RANDOM_RUNS ?? 20)
const FATES: readonly WebhookFate[] = ['never', 'late', 'twice', 'once', 'once']
const FAULTS = ['error', 'html', 'reset', 'cut'] as const

/** A generator that the seed in a title repeats. */
function randomOf(seed: number) {
  let state = seed * 2654435761
  const next = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return (state >>> 0) % below
  }
  return { next, one: <T>(of: readonly T[]): T => of[next(of.length)] as T }
}

const OWNED = ['users', 'organizations', 'memberships', 'organizationInvitations', 'organizationDomains'] as const
const UNOWNED = ['roles', 'permissions', 'waitlistEntries', 'subscriptions'] as const

/** Something happens in Clerk. */
async function change(api: ClerkApi, { next, one }: ReturnType<typeof randomOf>): Promise<void> {
  const kind = one([...OWNED, ...UNOWNED] as const)
  const ids = api[kind].ids()
  const what = next(4)
  if (what === 0 && ids.length > 3) return api[kind].delete(one(ids))
  if (what === 1 && kind === 'users') return void (await api.users.create({}))
  if (what === 1 && kind === 'memberships') {
    const [user, organization] = [one(api.users.ids()), one(api.organizations.ids())]
    return void (await api.memberships.create({
      public_user_data: { user_id: user },
      organization: { id: organization },
    }))
  }
  if (kind === 'users' && ids.length > 0) await api.users.update(one(ids), { first_name: `Name ${next(1000)}` })
}

const settings = Array.from(
  { length: RUNS },
  (_, seed) => [seed, seed % 2 ? 'keep' : 'erase', seed % 4 < 2 ? 'row' : 'beside'] as const,
)

test.each(settings)(
  "seed %i, %s, versions: %s: backfill, reconcile and deliveries at once, cut off at random: after one last run the tables are Clerk's",
  async (seed, onDelete, versions) => {
    const random = randomOf(seed + 1)
    let isQuiet = false
    let calls = 0
    // A request that was cut off may still change Clerk when its run has ended.
    const changing = new Set<Promise<void>>()
    const { api, clerkSync, read, rows, settled } = await setting(
      {
        users: 120,
        organizations: 8,
        memberships: 60,
        organizationInvitations: 6,
        organizationDomains: 4,
        roles: 5,
        permissions: 5,
        waitlistEntries: 10,
        subscriptions: 40,
        subscriptionItems: 60,
        paymentAttempts: 6,
        webhooks: () => random.one(FATES),
        onWebhook: async ({ event }) => void (await clerkSync.apply(event)),
        onAnswer: async () => {
          if (isQuiet || random.next(3) !== 0) return
          const changed = change(api, random).finally(() => changing.delete(changed))
          changing.add(changed)
          await changed
        },
      },
      { onDelete },
      {
        call: async (run) => {
          if (!isQuiet && ++calls % 400 === 0) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
          return run()
        },
      },
      versions,
    )
    let saved: object | undefined
    const save = (one?: object) => {
      saved = structuredClone(one)
    }
    const checkpoint = { load: () => structuredClone(saved), save }
    for (let n = 0; n < 4; n++) {
      if (random.next(2)) api.fail({ kind: random.one(FAULTS), after: random.next(6) })
      const stop = new AbortController()
      const cut = setTimeout(() => stop.abort(new Error('cut off')), random.next(200))
      const works = [
        backfill(clerkSync, { ...read, checkpoint, signal: stop.signal }),
        reconcile(clerkSync, { ...settled, maxDeletes: 10_000, signal: stop.signal }),
      ]
      await Promise.allSettled(works)
      clearTimeout(cut)
    }
    isQuiet = true
    await Promise.all(changing)
    api.recover()
    const result = await reconcile(clerkSync, { ...settled, maxDeletes: 10_000 })
    expect(result.failures).toEqual([])
    expectClerksTruth({ api, rows })
    // What comes late changes nothing any more, but for what is said of what is gone, whose deletion never comes.
    const gone = api.webhooks.waiting.flatMap(({ type, data }) => {
      const id = String(Reflect.get(data, 'id'))
      return !type.endsWith('.deleted') && !KINDS.some((kind) => api[kind].ids().includes(id)) ? [id] : []
    })
    await api.webhooks.deliverWaiting({ shuffled: true })
    expectClerksTruth({ api, rows }, new Set(gone))
    // That is for the next run to find.
    expect((await reconcile(clerkSync, { ...settled, maxDeletes: 10_000 })).failures).toEqual([])
    expectClerksTruth({ api, rows })
  },
)
