import { createClerkClient } from '@clerk/backend'
import { type ClerkApi, type ClerkApiOptions, startClerkApi } from '@clerk-sync/testing'
import { expect, it, onTestFinished } from 'vitest'

/** A server for the length of a test, and Clerk's own client on it. */
async function clerk(options: ClerkApiOptions = {}) {
  const api = await startClerkApi(options)
  onTestFinished(() => api.close())
  return { api, client: createClerkClient({ secretKey: api.secretKey, apiUrl: api.url }) }
}

/** Asks without the client, which leaves parameters out. */
async function get<Body = unknown>(api: ClerkApi, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/v1${path}`, {
    headers: { authorization: `Bearer ${api.secretKey}`, ...headers },
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id)

it("lists users to Clerk's client, newest first, with their count", async () => {
  const { api, client } = await clerk({ users: 25, seed: 1 })
  const { data, totalCount } = await client.users.getUserList()
  expect(totalCount).toBe(25)
  expect(idsOf(data)).toEqual(api.users.ids().reverse().slice(0, 10))
  const [first] = data
  expect(await client.users.getUser(first?.id ?? '')).toMatchObject({ id: first?.id, firstName: first?.firstName })
})

it('pages by offset and by cursor see each user once', async () => {
  const { api, client } = await clerk({ users: 25, seed: 1 })
  const byOffset = []
  for (let offset = 0; offset < 30; offset += 10) {
    byOffset.push(...(await client.users.getUserList({ limit: 10, offset, orderBy: '+created_at' })).data)
  }
  expect(idsOf(byOffset)).toEqual(api.users.ids())

  const byCursor: { id: string }[] = []
  for (let full = true; full; ) {
    const last = byCursor.at(-1)
    const cursor = last ? `&starting_after=${last.id}` : ''
    const { body } = await get<{ id: string }[]>(api, `/users?limit=10&order_by=%2Bcreated_at${cursor}`)
    byCursor.push(...body)
    full = body.length === 10
  }
  expect(idsOf(byCursor)).toEqual(api.users.ids())
})

it.each([0, 501, -1, 'many'])('a limit of %s counts for none: 10 in silence', async (limit) => {
  const { api } = await clerk({ users: 12 })
  expect((await get(api, `/users?limit=${limit}`)).body).toHaveLength(10)
})

it('a cursor needs the order by creation and no offset', async () => {
  const { api } = await clerk({ users: 3 })
  const [id] = api.users.ids()
  for (const more of ['&order_by=-updated_at', '&offset=0']) {
    const { status, body } = await get<{ errors: object[] }>(api, `/users?starting_after=${id}${more}`)
    expect(status).toBe(422)
    expect(body.errors[0]).toMatchObject({ code: 'form_param_value_invalid' })
  }
})

it('user_id takes 100 ids and leaves unknown ones out; more are refused', async () => {
  const { api, client } = await clerk({ users: 120 })
  const userId = [...api.users.ids().slice(0, 99), 'user_unknown']
  expect((await client.users.getUserList({ userId, limit: 100 })).data).toHaveLength(99)
  await expect(client.users.getUserList({ userId: api.users.ids() })).rejects.toMatchObject({ status: 422 })
})

it('who is not there: 404 and the body of Clerk', async () => {
  const { client } = await clerk()
  await expect(client.users.getUser('user_unknown')).rejects.toMatchObject({
    status: 404,
    errors: [{ code: 'resource_not_found' }],
  })
})

it('memberships: of the instance, an organization, a user', async () => {
  const { api, client } = await clerk({ users: 10, organizations: 3, memberships: 15, seed: 2 })
  const all = await client.organizations.getInstanceOrganizationMembershipList({ limit: 100 })
  expect(all.totalCount).toBe(15)
  expect(idsOf(all.data).reverse()).toEqual(api.memberships.ids())
  const [one] = all.data
  const organizationId = one?.organization.id ?? ''
  const userId = one?.publicUserData?.userId ?? ''
  const ofOrganization = await client.organizations.getOrganizationMembershipList({ organizationId, limit: 100 })
  expect(idsOf(ofOrganization.data)).toEqual(
    idsOf(all.data.filter(({ organization }) => organization.id === organizationId)),
  )
  const filtered = await client.organizations.getOrganizationMembershipList({ organizationId, userId: [userId] })
  expect(idsOf(filtered.data)).toEqual([one?.id])
  const ofUser = await client.users.getOrganizationMembershipList({ userId, limit: 100 })
  expect(idsOf(ofUser.data)).toContain(one?.id)
})

it('a wrong key and none: 401', async () => {
  const { api } = await clerk({ users: 1 })
  expect(await get(api, '/users', { authorization: 'Bearer sk_test_other' })).toMatchObject({ status: 401 })
  expect(await get(api, '/users', { authorization: '' })).toMatchObject({ status: 401 })
})

it('the instance, and a true date', async () => {
  const { api, client } = await clerk({ instanceId: 'ins_1' })
  expect(await client.instance.get()).toMatchObject({ id: 'ins_1', environmentType: 'development' })
  const { headers } = await get(api, '/instance')
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000)
})

it('changes are seen at once, and a delete takes the memberships', async () => {
  const { api, client } = await clerk({ users: 2, organizations: 1, memberships: 2, seed: 3 })
  const [id = ''] = api.users.ids()
  const created = await api.users.create({ first_name: 'Ada' })
  await api.users.update(id, { first_name: 'Grace' })
  expect((await client.users.getUser(id)).firstName).toBe('Grace')
  expect((await client.users.getUserList()).data[0]?.id).toBe(created.id)
  await api.users.delete(id)
  await expect(client.users.getUser(id)).rejects.toMatchObject({ status: 404 })
  expect(api.memberships.count).toBe(1)
  expect(api.webhooks.events.map(({ type }) => type)).toEqual(['user.created', 'user.updated', 'user.deleted'])
})

it('beyond the limit: 429, and Retry-After in seconds', async () => {
  const { api } = await clerk({ users: 1, rateLimit: 3 })
  for (let n = 0; n < 3; n++) expect((await get(api, '/users')).status).toBe(200)
  const { status, headers } = await get(api, '/users')
  expect(status).toBe(429)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})

it('100,000 users', async () => {
  const { api } = await clerk({ users: 100_000, seed: 1 })
  expect(new Set(api.users.ids()).size).toBe(100_000)
  expect((await get(api, '/users/count')).body).toEqual({ object: 'total_count', total_count: 100_000 })
  expect((await get(api, '/users?limit=500')).body).toHaveLength(500)
})
