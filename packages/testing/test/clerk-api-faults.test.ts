import type { Fault } from '@clerk-sync/testing'
import { describe, expect, it } from 'vitest'
import { clerk, get } from './clerk.ts'

describe("what Clerk's client makes of it", () => {
  it.each<[Fault, object]>([
    [{ kind: 'error' }, { status: 500, errors: [{ code: 'internal_clerk_error' }] }],
    [
      { kind: 'error', status: 429, retryAfter: 7 },
      { status: 429, retryAfter: 7 },
    ],
    [
      { kind: 'html', status: 502 },
      { status: 502, errors: [] },
    ],
    [{ kind: 'missing' }, { status: 404, errors: [{ code: 'resource_not_found' }] }],
    [{ kind: 'reset' }, { status: undefined, errors: [{ code: 'unexpected_error' }] }],
    [{ kind: 'cut' }, { status: undefined, errors: [{ code: 'unexpected_error' }] }],
  ])('%o', async (fault, expected) => {
    const { api, client } = await clerk({ users: 3, faults: [fault] })
    const [id = ''] = api.users.ids()
    await expect(client.users.getUser(id)).rejects.toMatchObject(expected)
    expect((await client.users.getUser(id)).id).toBe(id)
  })

  it('a page of HTML as 200 resolves with a text for a list', async () => {
    const { client } = await clerk({ users: 3, faults: [{ kind: 'html', path: '/users' }] })
    expect(typeof (await client.users.getUserList()).data).toBe('string')
  })

  it('an empty list', async () => {
    const { client } = await clerk({ users: 3, faults: [{ kind: 'empty', path: '/users' }] })
    expect((await client.users.getUserList()).data).toEqual([])
  })
})

it('a fault is for a path, after some requests, so many times, until it is ended', async () => {
  const { api } = await clerk({ users: 3, organizations: 1 })
  const statuses = async (path: string, times: number) => {
    const all = []
    for (let n = 0; n < times; n++) all.push((await get(api, path)).status)
    return all
  }
  api.fail({ kind: 'error', path: /^\/organ/, after: 1, times: 2 })
  expect(await statuses('/users', 1)).toEqual([200])
  expect(await statuses('/organizations', 4)).toEqual([200, 500, 500, 200])
  api.fail({ kind: 'error', status: 503, times: Number.POSITIVE_INFINITY })
  expect(await statuses('/users', 3)).toEqual([503, 503, 503])
  api.recover()
  expect(await statuses('/users', 1)).toEqual([200])
})

it('silence lasts until the server closes', async () => {
  const { api } = await clerk({ users: 1, faults: [{ kind: 'silence' }] })
  const asked = get(api, '/users').then(
    () => 'answered',
    () => 'broken',
  )
  await api.close()
  expect(await asked).toBe('broken')
})

it('a replica that lags behind does not have it yet, in any answer', async () => {
  const { api, client } = await clerk({ users: 2 })
  const { id } = await api.users.create()
  api.users.hide(id)
  await expect(client.users.getUser(id)).rejects.toMatchObject({ status: 404 })
  expect((await client.users.getUserList({ userId: [id] })).data).toEqual([])
  expect((await client.users.getUserList()).totalCount).toBe(2)
  api.users.show(id)
  expect((await client.users.getUser(id)).id).toBe(id)
})

it('what changes while it is read: after a request arrived, and after its answer stood', async () => {
  const seen: string[] = []
  const { api, client } = await clerk({
    users: 1,
    onRequest: async ({ path }) => {
      seen.push(path)
      if (seen.length === 1) await api.users.update(api.users.ids()[0] ?? '', { first_name: 'Before' })
    },
    onAnswer: async () => {
      if (seen.length === 1) await api.users.update(api.users.ids()[0] ?? '', { first_name: 'After' })
    },
  })
  const [id = ''] = api.users.ids()
  expect((await client.users.getUser(id)).firstName).toBe('Before')
  expect((await client.users.getUser(id)).firstName).toBe('After')
  expect(seen).toEqual([`/users/${id}`, `/users/${id}`])
})

it('a hook of the test that throws is not lost: who asked sees it', async () => {
  const { client } = await clerk({
    onRequest: () => {
      throw new Error('a mistake in the test')
    },
  })
  await expect(client.instance.get()).rejects.toMatchObject({
    status: 500,
    errors: [{ code: 'testing_failed', message: expect.stringContaining('a mistake in the test') }],
  })
})

it('what is no JSON is refused', async () => {
  const { api } = await clerk()
  const headers = { authorization: `Bearer ${api.secretKey}`, 'content-type': 'application/json' }
  const response = await fetch(`${api.url}/v1/users`, { method: 'POST', headers, body: '{' })
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ code: 'request_body_invalid' }] }])
})

it('the limit is of the instance, blocks the endpoint that went over, and ends by its own clock', async () => {
  let now = Date.UTC(2026, 0, 1)
  const { api } = await clerk({ users: 1, rateLimit: { requests: 2, windowMs: 5_000 }, now: () => now })
  const ask = async (path: string) => {
    const { status, headers } = await get(api, path)
    return [status, headers.get('retry-after')]
  }
  expect([await ask('/users'), await ask('/instance')]).toEqual([
    [200, null],
    [200, null],
  ])
  now += 1_000
  expect(await ask('/users')).toEqual([429, '4'])
  now += 4_000
  expect(await ask('/users')).toEqual([200, null])
  expect(await ask('/instance')).toEqual([200, null])
  expect(await ask('/instance')).toEqual([429, '5'])
  expect(await ask('/users/count')).toEqual([429, '5'])
  expect(api.requests.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200, 429, 429])
})

it('an endpoint is blocked for as long as it was said, though others are answered again', async () => {
  let now = Date.UTC(2026, 0, 1)
  const { api } = await clerk({ users: 1, rateLimit: { requests: 1, windowMs: 5_000 }, now: () => now })
  expect((await get(api, '/users')).status).toBe(200)
  now += 700
  expect((await get(api, '/users')).headers.get('retry-after')).toBe('5')
  now += 4_500
  expect((await get(api, '/users')).headers.get('retry-after')).toBe('1')
  expect((await get(api, '/instance')).status).toBe(200)
})

it('the clock of the instance is in its dates', async () => {
  const { api } = await clerk({ now: () => Date.UTC(2026, 0, 1, 12) })
  expect((await get(api, '/instance')).headers.get('date')).toBe('Thu, 01 Jan 2026 12:00:00 GMT')
})
