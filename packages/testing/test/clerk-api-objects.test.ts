import { expect, it } from 'vitest'
import { clerk, get, idsOf } from './clerk.ts'

const EVERYTHING = {
  users: 6,
  organizations: 2,
  memberships: 4,
  sessions: 8,
  organizationInvitations: 5,
  organizationDomains: 3,
  roles: 2,
  permissions: 3,
  waitlistEntries: 4,
  invitations: 3,
  subscriptions: 2,
  subscriptionItems: 2,
  paymentAttempts: 3,
  seed: 1,
}

it.each([
  ['organizations', '/organizations'],
  ['memberships', '/organization_memberships'],
  ['organizationInvitations', '/organization_invitations'],
  ['organizationDomains', '/organization_domains'],
  ['roles', '/organization_roles'],
  ['permissions', '/organization_permissions'],
  ['waitlistEntries', '/waitlist_entries'],
  ['subscriptionItems', '/billing/subscription_items'],
] as const)('%s: a page of them, newest first, and how many there are', async (kind, path) => {
  const { api } = await clerk(EVERYTHING)
  const { body } = await get<{ data: { id: string }[]; total_count: number }>(api, `${path}?limit=2&offset=1`)
  expect(idsOf(body.data)).toEqual(api[kind].ids().reverse().slice(1, 3))
  expect(body.total_count).toBe(api[kind].count)
})

it('made by number: each has the id that it is listed by, a time before now, and belongs to who is there', async () => {
  const { api } = await clerk(EVERYTHING)
  const users = new Set(api.users.ids())
  const organizations = new Set(api.organizations.ids())
  const { seed, ...kinds } = EVERYTHING
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    expect(api[kind].count, kind).toBe(EVERYTHING[kind])
    for (const id of api[kind].ids()) {
      const object: object = api[kind].get(id) ?? {}
      expect(object).toMatchObject({ id, created_at: expect.any(Number), updated_at: expect.any(Number) })
      expect(Reflect.get(object, 'updated_at')).toBeLessThan(Date.now())
      const text = JSON.stringify({ ...object, id: '' })
      for (const user of text.match(/user_\w{27}/g) ?? []) if (kind !== 'organizations') expect(users).toContain(user)
      for (const one of text.match(/"org_\w{27}/g) ?? []) expect(organizations).toContain(one.slice(1))
    }
  }
  expect(users).toContain(api.organizations.get([...organizations][0] ?? '')?.created_by)
})

it("Clerk's client reads each of them", async () => {
  const { api, client } = await clerk(EVERYTHING)
  const [organizationId = ''] = api.organizations.ids()
  expect(await client.organizationRoles.getOrganizationRoleList()).toMatchObject({ totalCount: 2 })
  expect(await client.organizationPermissions.getOrganizationPermissionList()).toMatchObject({ totalCount: 3 })
  expect(await client.waitlistEntries.list()).toMatchObject({ totalCount: 4 })
  expect(await client.invitations.getInvitationList()).toMatchObject({ totalCount: 3 })
  expect(await client.organizations.getOrganizationInvitationList({ organizationId })).toMatchObject({ totalCount: 3 })
  expect(await client.organizations.getOrganizationDomainList({ organizationId })).toMatchObject({ totalCount: 2 })
  const { data: sessions, totalCount } = await client.sessions.getSessionList({ userId: api.users.ids()[0] ?? '' })
  expect([sessions.length, totalCount]).toEqual([2, 2])
  const subscription = await client.billing.getUserBillingSubscription(api.users.ids()[0] ?? '')
  expect(subscription.subscriptionItems).toMatchObject([{ plan: { slug: 'pro' }, status: 'active' }])
})

it('sessions: of a user or a client alone, and without the user that their events have', async () => {
  const { api } = await clerk(EVERYTHING)
  expect((await get(api, '/sessions')).status).toBe(422)
  const session = api.sessions.get(api.sessions.ids()[0] ?? '')
  expect(session?.user?.id).toBe(session?.user_id)
  const { body } = await get<object[]>(api, `/sessions?client_id=${session?.client_id}`)
  expect(body).toMatchObject([{ id: session?.id }])
  expect(body[0]).not.toHaveProperty('user')
})

it('organizations: by slug, and their members counted where that is asked for', async () => {
  const { api, client } = await clerk(EVERYTHING)
  const [id = ''] = api.organizations.ids()
  const slug = api.organizations.get(id)?.slug ?? ''
  expect((await client.organizations.getOrganization({ slug })).id).toBe(id)
  expect((await client.organizations.getOrganization({ slug })).membersCount).toBeUndefined()
  const counted = await client.organizations.getOrganizationList({ includeMembersCount: true })
  expect(counted.data.map(({ membersCount }) => membersCount)).toEqual([2, 2])
})

it('a membership shows its user and its organization as they are now', async () => {
  const { api, client } = await clerk(EVERYTHING)
  const [one] = (await client.organizations.getInstanceOrganizationMembershipList({ limit: 1 })).data
  await api.users.update(one?.publicUserData?.userId ?? '', { first_name: 'Augusta' })
  await api.organizations.update(one?.organization.id ?? '', { name: 'Renamed' })
  const [again] = (await client.organizations.getInstanceOrganizationMembershipList({ limit: 1 })).data
  expect(again).toMatchObject({ organization: { name: 'Renamed' }, publicUserData: { firstName: 'Augusta' } })
})

it('subscription items: free ones are left out unless asked for, and have no times; none has an amount', async () => {
  const { api } = await clerk({ ...EVERYTHING, subscriptionItems: [{}, { plan: { amount: 0 } }] })
  const [paid, free] = api.subscriptionItems.ids()
  const ids = async (query: string) =>
    (await get<{ data: { id: string; created_at?: number }[] }>(api, `/billing/subscription_items${query}`)).body.data
  expect(idsOf(await ids(''))).toEqual([paid])
  const all = await ids('?include_free=true')
  expect(idsOf(all)).toEqual([free, paid])
  expect(all.map((item) => 'created_at' in item && 'updated_at' in item)).toEqual([false, true])
  expect(all[1]).toMatchObject({
    plan: { fee: { amount: 2000 } },
    canceled_at: null,
    past_due_at: null,
    ended_at: null,
  })
  expect(all[1]).not.toHaveProperty('amount')
})

it('who pays nothing has no subscription: 404', async () => {
  const { api, client } = await clerk(EVERYTHING)
  const last = api.users.ids().at(-1) ?? ''
  await expect(client.billing.getUserBillingSubscription(last)).rejects.toMatchObject({ status: 404 })
})

it('payment attempts are read through their statement', async () => {
  const { api } = await clerk(EVERYTHING)
  const { body } = await get<{ data: { id: string }[] }>(api, '/billing/statements')
  expect(body.data).toHaveLength(3)
  expect(body.data[0]).not.toHaveProperty('updated_at')
  const attempts = await get(api, `/billing/statements/${body.data[0]?.id}/payment_attempts`)
  expect(attempts.body).toMatchObject({ total_count: 1, data: [{ id: api.paymentAttempts.ids().at(-1) }] })
})

it('more memberships than there can be are refused, and it is said why', async () => {
  await expect(clerk({ users: 2, organizations: 2, memberships: 5 })).rejects.toThrow(/5 memberships .* there can be 4/)
})

it('what is created through the API is there, with its messages, and a second user of an address is refused', async () => {
  const { api, client } = await clerk()
  const ada = await client.users.createUser({
    emailAddress: ['ada@example.com'],
    firstName: 'Ada',
    publicMetadata: { a: { b: 1, c: 2 } },
  })
  await expect(client.users.createUser({ emailAddress: ['ADA@example.com'] })).rejects.toMatchObject({ status: 422 })
  await client.users.updateUserMetadata(ada.id, { publicMetadata: { a: { c: null, d: 3 } } })
  expect((await client.users.getUser(ada.id)).publicMetadata).toEqual({ a: { b: 1, d: 3 } })
  await client.users.replaceUserMetadata(ada.id, { publicMetadata: { e: 4 } })
  expect((await client.users.getUser(ada.id)).publicMetadata).toEqual({ e: 4 })

  const engines = await client.organizations.createOrganization({ name: 'Engines', createdBy: ada.id })
  const grace = await client.users.createUser({ emailAddress: ['grace@example.com'] })
  const member = { organizationId: engines.id, userId: grace.id }
  await client.organizations.createOrganizationMembership({ ...member, role: 'org:member' })
  await client.organizations.updateOrganizationMembership({ ...member, role: 'org:billing_manager' })
  const { data } = await client.organizations.getOrganizationMembershipList({ organizationId: engines.id })
  expect(data.map((one) => [one.publicUserData?.userId, one.role])).toEqual([
    [grace.id, 'org:billing_manager'],
    [ada.id, 'org:admin'],
  ])
  await client.organizations.deleteOrganizationMembership(member)
  await client.organizations.deleteOrganization(engines.id)
  await client.users.deleteUser(grace.id)
  await api.webhooks.idle()
  expect(api.webhooks.events.map(({ type }) => type)).toEqual([
    'user.created',
    'user.updated',
    'user.updated',
    'organization.created',
    'organizationMembership.created',
    'user.created',
    'organizationMembership.created',
    'organizationMembership.updated',
    'organizationMembership.deleted',
    'organization.deleted',
    'user.deleted',
  ])
  expect(api.memberships.count).toBe(0)
})

it('a status that changes has the event of its own, and an expiry has none', async () => {
  const { api } = await clerk({ ...EVERYTHING })
  const [invitation = '', other = ''] = api.organizationInvitations.ids()
  await api.organizationInvitations.update(invitation, { status: 'revoked' })
  await api.organizationInvitations.update(other, { status: 'expired' })
  await api.sessions.update(api.sessions.ids()[0] ?? '', { status: 'removed' })
  await api.waitlistEntries.delete(api.waitlistEntries.ids()[0] ?? '')
  await api.invitations.create()
  await api.subscriptionItems.update(api.subscriptionItems.ids()[0] ?? '', { status: 'past_due' })
  expect(api.webhooks.events.map(({ type }) => type)).toEqual([
    'organizationInvitation.revoked',
    'session.removed',
    'subscriptionItem.pastDue',
  ])
})

it("who is signed in is recognised by Clerk's own check, and for others it is not", async () => {
  const { api, client } = await clerk({ users: 1 })
  const [userId = ''] = api.users.ids()
  const { cookie, token, sessionId } = await api.signIn(userId)
  const { publishableKey } = api
  const check = async (headers: Record<string, string>) => {
    const state = await client.authenticateRequest(new Request('https://example.com/', { headers }), { publishableKey })
    return state.toAuth()
  }
  expect(await check({ cookie })).toMatchObject({ userId, sessionId })
  expect(await check({ authorization: `Bearer ${token}` })).toMatchObject({ userId, sessionId })
  expect(await check({ authorization: `Bearer ${token.slice(0, -4)}AAAA` })).not.toMatchObject({ userId })
  expect(api.sessions.get(sessionId)?.user_id).toBe(userId)
  expect(api.webhooks.events.map(({ type }) => type)).toEqual(['session.created'])
  await expect(api.signIn('user_unknown')).rejects.toThrow(/no user user_unknown/)
})
