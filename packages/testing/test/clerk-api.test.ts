import { expect, it } from 'vitest'
import { clerk, get, idsOf } from './clerk.ts'

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

it('a cursor of either direction goes on where it was, whatever was deleted or created meanwhile', async () => {
  const { api } = await clerk({ users: 9 })
  const ids = api.users.ids()
  const after = async (id: string | undefined, order: string) =>
    idsOf((await get<{ id: string }[]>(api, `/users?order_by=${order}&starting_after=${id}`)).body)
  await api.users.delete(ids[1] ?? '')
  const created = await api.users.create()
  expect(await after(ids[6], '%2Bcreated_at')).toEqual([ids[7], ids[8], created.id])
  expect(await after(ids[2], '-created_at')).toEqual([ids[0]])
})

it('who is imported with an old time of creation lies behind an ascending cursor', async () => {
  const { api } = await clerk({ users: 4 })
  const second = api.users.ids()[1] ?? ''
  const imported = await api.users.create({ created_at: api.users.get(second)?.created_at })
  const { body } = await get<{ id: string }[]>(
    api,
    `/users?order_by=created_at&starting_after=${api.users.ids().at(-2)}`,
  )
  expect(idsOf(body)).toEqual(api.users.ids().slice(-1))
  expect(api.users.ids().indexOf(imported.id)).toBeLessThan(3)
  expect(imported.updated_at).toBeGreaterThan(Date.now() - 60_000)
})

it('the cursor of a user who was deleted is refused, and created_at_after goes on', async () => {
  const { api } = await clerk({ users: 3 })
  const [first = '', second = '', third] = api.users.ids()
  const createdAt = api.users.get(first)?.created_at
  await api.users.delete(second)
  expect((await get(api, `/users?order_by=created_at&starting_after=${second}`)).status).toBe(422)
  const { body } = await get<{ id: string }[]>(api, `/users?order_by=created_at&created_at_after=${createdAt}`)
  expect(idsOf(body)).toEqual([third])
})

it.each([
  ['email_address=ada@example.com', ['user_ada']],
  ['email_address=ada@example.com&email_address=nobody@example.com', ['user_ada']],
  ['external_id=7', ['user_grace']],
  ['username=alan', ['user_alan']],
  ['phone_number=%2B15555550100', ['user_alan']],
  ['user_id=-user_ada', ['user_alan', 'user_grace']],
  ['user_id=%2Buser_ada', ['user_ada']],
  ['query=LOVE', ['user_ada']],
  ['name_query=grace hop', ['user_grace']],
  ['email_address_query=EXAMPLE', ['user_ada', 'user_grace']],
  ['banned=true', ['user_alan']],
  ['created_at_after=2000', ['user_alan']],
  ['created_at_before=2000', ['user_ada']],
])('users by %s, and their count', async (query, expected) => {
  const { api } = await clerk({
    users: [
      {
        id: 'user_ada',
        first_name: 'Ada',
        last_name: 'Lovelace',
        email_addresses: [{ email_address: 'ada@example.com' }],
        created_at: 1000,
      },
      {
        id: 'user_grace',
        first_name: 'Grace',
        last_name: 'Hopper',
        external_id: '7',
        email_addresses: [{ email_address: 'grace@example.com' }],
        created_at: 2000,
      },
      {
        id: 'user_alan',
        first_name: 'Alan',
        last_name: 'Turing',
        username: 'alan',
        banned: true,
        email_addresses: [],
        phone_numbers: [{ phone_number: '+15555550100' }],
        created_at: 3000,
      },
    ],
  })
  const { body } = await get<{ id: string }[]>(api, `/users?${query}`)
  expect(idsOf(body).sort()).toEqual(expected)
  expect((await get(api, `/users/count?${query}`)).body).toMatchObject({ total_count: expected.length })
})

it('users in each order, those without a value last', async () => {
  const { api, client } = await clerk({
    users: [
      { id: 'user_1', first_name: 'B', updated_at: 3, created_at: 1, email_addresses: [] },
      {
        id: 'user_2',
        first_name: 'A',
        updated_at: 2,
        created_at: 2,
        email_addresses: [{ email_address: 'b@example.com' }],
      },
      {
        id: 'user_3',
        first_name: 'C',
        updated_at: 3,
        created_at: 3,
        email_addresses: [{ email_address: 'a@example.com' }],
      },
    ],
  })
  const by = async (orderBy: '+first_name' | '-updated_at' | '+email_address') =>
    idsOf((await client.users.getUserList({ orderBy })).data)
  expect(await by('+first_name')).toEqual(['user_2', 'user_1', 'user_3'])
  expect(await by('-updated_at')).toEqual(['user_3', 'user_1', 'user_2'])
  expect(await by('+email_address')).toEqual(['user_3', 'user_2', 'user_1'])
  expect((await get(api, '/users?order_by=shoe_size')).status).toBe(422)
})

it('made by number: different addresses and phone numbers, some users without an address', async () => {
  const { api } = await clerk({ users: 1000 })
  const users = api.users.ids().map((id) => api.users.get(id))
  const addresses = users.flatMap((user) => user?.email_addresses.map((one) => one.email_address) ?? [])
  const phones = users.flatMap((user) => user?.phone_numbers.map((one) => one.phone_number) ?? [])
  expect(new Set(addresses).size).toBe(900)
  expect(new Set(phones).size).toBe(100)
  for (const user of users) {
    const primary = user?.email_addresses.map(({ id }) => id) ?? []
    expect([null, ...primary]).toContain(user?.primary_email_address_id)
    expect(user?.updated_at).toBeLessThan(Date.now())
  }
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

it('an order by what belongs to others is new after they changed', async () => {
  const { api, client } = await clerk({ users: 4, organizations: 2, seed: 1 })
  const [small = '', large = ''] = api.organizations.ids()
  const [first = '', second = '', third = ''] = api.users.ids()
  const join = (id: string, user_id: string) =>
    api.memberships.create({ organization: { id }, public_user_data: { user_id } })
  const byCount = async () =>
    idsOf((await client.organizations.getOrganizationList({ orderBy: '-members_count' })).data)
  await join(small, first)
  expect(await byCount()).toEqual([small, large])
  await join(large, second)
  await join(large, third)
  expect(await byCount()).toEqual([large, small])

  const names = async () => {
    const { data } = await client.organizations.getOrganizationMembershipList({
      organizationId: large,
      orderBy: '+first_name',
    })
    return data.map(({ publicUserData }) => publicUserData?.firstName)
  }
  await api.users.update(second, { first_name: 'Ada' })
  await api.users.update(third, { first_name: 'Bob' })
  expect(await names()).toEqual(['Ada', 'Bob'])
  await api.users.update(second, { first_name: 'Zoe' })
  expect(await names()).toEqual(['Bob', 'Zoe'])
})

it('what is hidden is not found by its slug, and counts nowhere, until it is shown', async () => {
  const { api, client } = await clerk({ users: 2, organizations: 1, memberships: 2, seed: 1 })
  const [id = ''] = api.organizations.ids()
  const slug = api.organizations.get(id)?.slug ?? ''
  const bySlug = () => client.organizations.getOrganization({ slug, includeMembersCount: true })
  api.organizations.hide(id)
  await expect(bySlug()).rejects.toMatchObject({ status: 404, errors: [{ code: 'resource_not_found' }] })
  api.organizations.show(id)
  api.memberships.hide(api.memberships.ids()[0] ?? '')
  expect(await bySlug()).toMatchObject({ id, membersCount: 1 })
})

it('an external id, a username that another has is refused, on a change too; its own is not', async () => {
  const { api, client } = await clerk({
    users: [{ id: 'user_1', external_id: '7', username: 'ada' }, { id: 'user_2' }],
  })
  const refused = (paramName: string) => ({
    status: 422,
    errors: [{ code: 'form_identifier_exists', meta: { paramName } }],
  })
  await expect(client.users.updateUser('user_2', { externalId: '7' })).rejects.toMatchObject(refused('external_id'))
  await expect(client.users.updateUser('user_2', { username: 'ada' })).rejects.toMatchObject(refused('username'))
  await expect(client.users.createUser({ externalId: '7' })).rejects.toMatchObject(refused('external_id'))
  expect(api.users.get('user_2')).toMatchObject({ external_id: null, username: null })
  expect(await client.users.updateUser('user_1', { externalId: '7', firstName: 'Ada' })).toMatchObject({
    externalId: '7',
    firstName: 'Ada',
  })
})

it('a path that is no URL is refused', async () => {
  const { api } = await clerk()
  expect(await get(api, '/users/%ZZ')).toMatchObject({ status: 400, body: { errors: [expect.anything()] } })
})
