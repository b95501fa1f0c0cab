import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { type ScenarioName, scenario, scenarios } from '@clerk-sync/testing'
import { expect, it } from 'vitest'

const NAMES = Object.keys(scenarios) as ScenarioName[]

/** The tables after the deliveries. */
async function tablesAfter(deliveries: ReturnType<typeof scenario>) {
  const adapter = memoryAdapter({
    users: { columns: { email: {}, lastName: {} } },
    organizations: { columns: { name: {} } },
    organizationMemberships: { columns: { role: {}, userId: {} } },
  })
  const clerkSync = createClerkSync({ adapter, signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
  for (const event of deliveries) await clerkSync.apply(event)
  const rows = (table: string) => adapter.rows(table).toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
  return { users: rows('users'), organizations: rows('organizations'), memberships: rows('organizationMemberships') }
}

it.each(NAMES)('%s: the same for the same seed, and the tables are right in any order', async (name) => {
  const deliveries = scenario(name, { seed: 1 })
  expect(scenario(name, { seed: 1 })).toEqual(deliveries)
  expect(scenario(name).map(({ id }) => id)).not.toEqual(scenario(name).map(({ id }) => id))
  expect(await tablesAfter(deliveries.toReversed())).toEqual(await tablesAfter(deliveries))
})

it('re-sign-up: two ids, one address', async () => {
  const [first, gone, again] = scenario('re-sign-up', { seed: 1 })
  expect(gone?.data).toMatchObject({ id: first?.data.id, deleted: true })
  expect(again?.data.id).not.toBe(first?.data.id)
  const { users } = await tablesAfter(scenario('re-sign-up', { seed: 1 }))
  expect(users.filter(({ email }) => email !== null)).toHaveLength(1)
})

it('late: the newer name stays', async () => {
  expect((await tablesAfter(scenario('late'))).users).toMatchObject([{ lastName: 'King' }])
})

it('rejoin: two memberships of one user, of which one is gone', async () => {
  const { memberships } = await tablesAfter(scenario('rejoin'))
  expect(memberships.filter(({ deletedAt }) => deletedAt === null)).toHaveLength(1)
  expect(memberships).toHaveLength(2)
})

it('shuffled: everything twice', () => {
  const ids = scenario('shuffled', { seed: 3 }).map(({ id }) => id)
  expect(ids).toHaveLength(2 * new Set(ids).size)
})

it('nothing of a scenario lies in the future', () => {
  for (const name of NAMES)
    for (const { timestamp } of scenario(name)) expect(timestamp).toBeLessThanOrEqual(Date.now())
})

it.each(NAMES)('%s: whoever is named twice is named alike', (name) => {
  const snapshots = new Map<string, object>()
  const inTime = scenario(name, { seed: 1 }).toSorted((a, b) => a.timestamp - b.timestamp)
  for (const { type, data } of inTime) {
    if (/^(user|organization)\.(created|updated)$/.test(type)) snapshots.set(String(data.id), data)
    if (!type.startsWith('organizationMembership.')) continue
    const { organization, public_user_data: member } = data as {
      organization: { id: string; name: string; slug: string; created_at: number }
      public_user_data: { user_id: string; first_name: string; last_name: string; identifier: string }
    }
    expect(organization).toEqual(snapshots.get(organization.id))
    const { first_name, last_name } = member
    expect(snapshots.get(member.user_id)).toMatchObject({ first_name, last_name })
  }
})

it('an update of a user keeps when they were created', () => {
  for (const name of NAMES) {
    const born = new Map<string, unknown>()
    const events = scenario(name, { seed: 1 }).toSorted((a, b) => a.timestamp - b.timestamp)
    for (const { type, data } of events) {
      const { created_at: createdAt } = { created_at: undefined, ...data }
      if (type === 'user.created') born.set(data.id, createdAt)
      if (type === 'user.updated') expect([name, createdAt]).toEqual([name, born.get(data.id)])
    }
  }
})
