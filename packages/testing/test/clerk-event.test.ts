import { verifyWebhook } from '@clerk/backend/webhooks'
import { type ClerkEvent, createClerkSync, type Entity, type TableName } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { clerkEvent, clerkObject, eventTypes, signedDelivery, signedRequest } from '@clerk-sync/testing'
import { describe, expect, it } from 'vitest'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const URL = 'https://example.com/api/webhooks/clerk'

it('the event types: the 45 of the catalogue, and the one that left it', () => {
  expect(new Set(eventTypes).size).toBe(46)
  expect(eventTypes).toEqual(expect.arrayContaining(['session.pending', 'subscriptionItem.created']))
})

describe.each(eventTypes)('%s', (type) => {
  it('is the same for the same seed, and another without one', () => {
    expect(clerkEvent(type, {}, { seed: 1 })).toEqual(clerkEvent(type, {}, { seed: 1 }))
    expect(clerkEvent(type, {}, { seed: 1 }).id).not.toBe(clerkEvent(type, {}, { seed: 2 }).id)
    expect(clerkEvent(type).id).not.toBe(clerkEvent(type).id)
  })

  it("passes Clerk's own verification, and ours, whole", async () => {
    const event: ClerkEvent = clerkEvent(type, {}, { instanceId: 'ins_1' })
    const verified = await verifyWebhook(signedRequest(URL, event, { secret: SECRET }), { signingSecret: SECRET })
    expect(verified).toMatchObject({ type, data: event.data })
    const clerkSync = createClerkSync({
      adapter: memoryAdapter({ users: { columns: { email: {} } } }),
      signingSecret: SECRET,
    })
    expect(await clerkSync.verify(signedDelivery(event, { secret: SECRET }))).toEqual(event)
  })
})

it('every entity that has a table takes its events', async () => {
  const columns = { createdAt: {}, updatedAt: {} }
  const tables = [
    'users',
    'organizations',
    'organizationMemberships',
    'organizationInvitations',
    'organizationDomains',
    'sessions',
  ]
  const adapter = memoryAdapter(
    Object.fromEntries(tables.map((table) => [table, { columns }])) as {
      [E in Entity as TableName<E>]: { columns: typeof columns }
    },
  )
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  for (const type of eventTypes) await clerkSync.apply(clerkEvent(type))
  for (const table of tables) expect(adapter.rows(table).length, table).toBeGreaterThan(0)
})

it('events of one seed are of one user, one organization', () => {
  const options = { seed: 7 }
  const user = clerkEvent('user.created', {}, options).data
  const updated = clerkEvent('user.updated', {}, options).data
  const session = clerkEvent('session.created', {}, options).data
  const organization = clerkEvent('organization.created', {}, options).data
  const membership = clerkEvent('organizationMembership.created', {}, options).data
  expect(updated).toMatchObject({ id: user.id, created_at: user.created_at, email_addresses: user.email_addresses })
  expect(updated.updated_at).toBeGreaterThan(user.updated_at)
  expect(session).toMatchObject({ user_id: user.id, user: { id: user.id, email_addresses: user.email_addresses } })
  expect(membership).toMatchObject({
    organization: { id: organization.id, slug: organization.slug },
    public_user_data: { user_id: user.id },
  })
  expect(clerkEvent('user.deleted', {}, options).data).toEqual({ object: 'user', id: user.id, deleted: true })
})

it.each([
  ['organizationInvitation.accepted', { status: 'accepted', user_id: expect.stringMatching(/^user_/) }],
  ['session.pending', { status: 'pending' }],
  ['session.removed', { status: 'removed' }],
  ['subscription.pastDue', { status: 'past_due', past_due_at: expect.any(Number) }],
  ['paymentAttempt.updated', { status: 'paid', paid_at: expect.any(Number) }],
  ['role.deleted', { object: 'role', deleted: true }],
  ['organizationMembership.deleted', { role: 'org:member', organization: { object: 'organization' } }],
] as const)('%s says so in its object', (type, expected) => {
  expect(clerkEvent(type).data).toMatchObject(expected)
})

it('without a seed an id says who it is', () => {
  const created = clerkEvent('user.created', { id: 'user_1' }).data
  expect(clerkEvent('user.updated', { id: 'user_1' }).data.email_addresses[0]?.email_address).toBe(
    created.email_addresses[0]?.email_address,
  )
  const session = clerkEvent('session.created', { user_id: 'user_1' }).data
  expect(session.user).toMatchObject({ id: 'user_1', first_name: created.first_name })
})

it('a part of a list is completed, and its first is the primary one', () => {
  const user = clerkObject('user', {
    email_addresses: [{ email_address: 'ada@example.com' }, { email_address: 'b@example.com' }],
  })
  expect(user.email_addresses.map((one) => one.email_address)).toEqual(['ada@example.com', 'b@example.com'])
  expect(user.email_addresses[1]).toMatchObject({ object: 'email_address', verification: { status: 'verified' } })
  expect(new Set(user.email_addresses.map(({ id }) => id)).size).toBe(2)
  expect(user.primary_email_address_id).toBe(user.email_addresses[0]?.id)
  expect(clerkObject('user', { email_addresses: [] }).primary_email_address_id).toBe(null)
})

it('the envelope trails its snapshot, whichever of the two is given', () => {
  const byTimestamp = clerkEvent('user.created', {}, { timestamp: 1_700_000_000_000 })
  expect(byTimestamp.data.updated_at).toBeLessThan(byTimestamp.timestamp)
  const bySnapshot = clerkEvent('user.updated', { updated_at: 1_700_000_000_000 })
  expect(bySnapshot.timestamp).toBeGreaterThan(bySnapshot.data.updated_at)
  expect(bySnapshot.timestamp - bySnapshot.data.updated_at).toBeLessThan(100)
})

it('text that HTML could take for its own is escaped as Clerk does, and keys are sorted', () => {
  const { body } = signedDelivery(clerkEvent('user.created', { first_name: '<b>&"💡' }), { secret: SECRET })
  expect(body).toContain('\\u003cb\\u003e\\u0026\\"💡')
  expect(body.indexOf('"data"')).toBeLessThan(body.indexOf('"type"'))
})

it('an attempt has its own time and the message its id, under either family of names', () => {
  const event = clerkEvent('user.created')
  const first = signedDelivery(event, { secret: SECRET, timestamp: 1_700_000_000_000 })
  const again = signedDelivery(event, { secret: SECRET, headers: 'webhook' })
  expect(first).toMatchObject({ id: event.id, headers: { 'svix-id': event.id, 'svix-timestamp': '1700000000' } })
  expect(again).toMatchObject({ body: first.body, headers: { 'webhook-id': event.id } })
})

it('an event that Clerk does not send: those that it sends', () => {
  // @ts-expect-error a user cannot be renamed
  expect(() => clerkEvent('user.renamed')).toThrow(/Clerk sends no "user.renamed"\. It sends .*user\.updated/)
})

it('a secret that is none: what it should be', () => {
  expect(() => signedDelivery(clerkEvent('user.created'), { secret: 'whsec_%%%' })).toThrow(/"whsec_" and base64/)
})

it('what an event does not have does not compile', () => {
  // @ts-expect-error a user has no such field
  const misspelt = clerkEvent('user.created', { frist_name: 'Ada' })
  expect(misspelt.data.id).toMatch(/^user_/)
})
