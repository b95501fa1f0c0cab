import { describe, expect, test } from 'vitest'
import { createClerkSync, ensureUser } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { backendApi } from './fixtures/backend-api.ts'
import { deleted, emailAddress, envelope, T0, user } from './fixtures/payloads.ts'
import { send, syncOf } from './fixtures/sync.ts'

const userId = 'user_1'
const at = (ms: number, address: string) =>
  user({ updated_at: T0 + ms, email_addresses: [emailAddress('idn_1', address)] })

async function setting(...options: Parameters<typeof syncOf>) {
  const clerkSync = syncOf(...options)
  const api = await backendApi()
  const ensure = (id = userId) => ensureUser(clerkSync, { ...api.access, userId: id })
  return { api, ensure, clerkSync, stored: clerkSync.stored }
}

describe('ensureUser', () => {
  test('gives the row that is there, without a request to Clerk', async () => {
    const { api, ensure, clerkSync } = await setting()
    await send(clerkSync, envelope('user.created', at(0, 'ada@example.com')))
    expect(await ensure()).toMatchObject({ id: userId, email: 'ada@example.com', clerkVersion: expect.any(String) })
    expect(api.requests).toEqual([])
  })

  test('reads a user who is not there yet from Clerk, once, and stores the row that the webhook would', async () => {
    const { api, ensure, stored } = await setting()
    const json = user({ first_name: '🚀 Żółć', public_metadata: { plan_tier: 'free', deep: { snake_case: 1 } } })
    api.users.set(userId, json)
    const row = await ensure()
    const byWebhook = syncOf()
    await send(byWebhook, envelope('user.created', json))
    const [expected] = byWebhook.adapter.rows('users')
    expect({ ...row, clerkVersion: '' }).toEqual({ ...expected, clerkVersion: '' })
    expect(await ensure()).toEqual(row)
    expect(api.requests).toEqual(['GET /v1/users/user_1'])
    expect(stored()).toHaveLength(1)
  })

  test('is null for a user that Clerk does not have, and writes nothing', async () => {
    const { api, ensure, stored } = await setting()
    expect(await ensure('user_nobody')).toBeNull()
    expect(api.requests).toEqual(['GET /v1/users/user_nobody'])
    expect(stored()).toEqual([])
  })

  test.each(['erase', 'keep'] as const)('is null for a user who was deleted, and asks nobody: %s', async (onDelete) => {
    const { api, ensure, clerkSync, stored } = await setting({ onDelete })
    api.users.set(userId, user())
    await send(clerkSync, envelope('user.deleted', deleted(userId)))
    const before = stored()
    expect(await ensure()).toBeNull()
    expect(api.requests).toEqual([])
    expect(stored()).toEqual(before)
  })

  test('a row that the application inserted itself, or that was there before, is filled from Clerk, once', async () => {
    const { api, ensure, clerkSync } = await setting()
    api.users.set(userId, at(0, 'ada@example.com'))
    await clerkSync.adapter.upsert({
      kind: 'upsert',
      entity: 'user',
      key: userId,
      version: '0',
      values: { note: 'own' },
    })
    expect(await ensure()).toMatchObject({ note: 'own', email: 'ada@example.com' })
    expect(await ensure()).toMatchObject({ note: 'own', email: 'ada@example.com' })
    expect(api.requests).toEqual(['GET /v1/users/user_1'])
  })

  test('runs no hook; the one of user.created runs when its event comes', async () => {
    const calls: string[] = []
    const { api, ensure, clerkSync } = await setting({
      on: { 'user.created': ({ outcome }) => calls.push(outcome), 'user.updated': () => calls.push('updated') },
    })
    api.users.set(userId, user())
    await ensure()
    expect(calls).toEqual([])
    const answer = await send(clerkSync, envelope('user.created', user(), { timestamp: T0 + 20 }))
    expect(answer.status).toBe(200)
    expect(calls).toEqual(['stale'])
  })
})

describe('racing the webhook, ensureUser', () => {
  test('loses to a newer event that comes while Clerk is asked', async () => {
    const { api, ensure, clerkSync } = await setting()
    api.users.set(userId, at(1, 'old@example.com'))
    api.beforeAnswer = () => send(clerkSync, envelope('user.updated', at(2, 'new@example.com')))
    expect(await ensure()).toMatchObject({ email: 'new@example.com' })
  })

  test('wins over an older event that comes while Clerk is asked, or later', async () => {
    const { api, ensure, clerkSync } = await setting()
    api.users.set(userId, at(2, 'new@example.com'))
    const late = () => send(clerkSync, envelope('user.created', at(1, 'old@example.com')))
    api.beforeAnswer = late
    expect(await ensure()).toMatchObject({ email: 'new@example.com' })
    expect((await late()).body).toBe('{"outcome":"stale"}')
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ email: 'new@example.com' }])
  })

  test('is newer than an event before the read with the same updated_at, and older than one after it', async () => {
    const { api, ensure, clerkSync } = await setting()
    const now = Date.now()
    api.users.set(userId, at(0, 'read@example.com'))
    await ensure()
    const event = (timestamp: number, address: string) =>
      send(clerkSync, envelope('user.updated', at(0, address), { timestamp }))
    expect((await event(now - 60_000, 'before@example.com')).body).toBe('{"outcome":"stale"}')
    expect((await event(now + 1_000, 'after@example.com')).body).toBe('{"outcome":"updated"}')
  })

  test('does not bring back a user who is deleted while Clerk is asked', async () => {
    const { api, ensure, clerkSync } = await setting()
    api.users.set(userId, user())
    api.beforeAnswer = () => send(clerkSync, envelope('user.deleted', deleted(userId)))
    expect(await ensure()).toBeNull()
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ email: null, deletedAt: expect.any(Date) }])
  })

  test('ends with one row, whoever is first: 20 callers and the deliveries', async () => {
    const { api, ensure, clerkSync } = await setting()
    api.users.set(userId, at(2, 'new@example.com'))
    const bodies = [
      envelope('user.created', at(0, 'first@example.com')),
      envelope('user.updated', at(2, 'new@example.com')),
    ]
    const rows = Promise.all(Array.from({ length: 20 }, () => ensure()))
    const answers = await Promise.all(bodies.map((body) => send(clerkSync, body)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await rows).every((row) => row?.id === userId)).toBe(true)
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ id: userId, email: 'new@example.com' }])
  })
})

describe('ensureUser rejects', () => {
  test.each([
    '',
    'user_',
    'org_1',
    'user_1/../../organizations',
    'user_1?x',
    null,
    undefined,
    `user_${'x'.repeat(251)}`,
  ])('what is no user id, without a request: %s', async (id) => {
    const { api, clerkSync } = await setting()
    const call = ensureUser(clerkSync, { ...api.access, userId: id as string })
    await expect(call).rejects.toMatchObject({ code: 'payload_invalid' })
    expect(api.requests).toEqual([])
  })

  test.each([
    [401, 'config_invalid', /CLERK_SECRET_KEY/],
    [403, 'config_invalid', /CLERK_SECRET_KEY/],
    [429, 'clerk_unavailable', /429, too many requests/],
    [500, 'clerk_unavailable', /500/],
    [422, 'clerk_unavailable', /422/],
  ])("with Clerk's %i as %s, after one request", async (status, code, message) => {
    const { api, ensure, stored } = await setting()
    api.refusal = { status }
    await expect(ensure()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(api.requests).toHaveLength(1)
    expect(stored()).toEqual([])
  })

  test('when Clerk cannot be reached', async () => {
    const { clerkSync } = await setting()
    const access = { secretKey: 'sk_test_conformance', apiUrl: 'http://127.0.0.1:1', limits: { retries: 0 } }
    await expect(ensureUser(clerkSync, { ...access, userId })).rejects.toMatchObject({
      code: 'clerk_unavailable',
      message: expect.stringMatching(/did not answer/),
    })
  })

  test('when the database is away', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const { ensure } = await setting({}, { call: () => Promise.reject(refused) })
    await expect(ensure()).rejects.toMatchObject({ code: 'store_failed', cause: refused })
  })

  test('when the adapter has no users', async () => {
    const { api } = await setting()
    const clerkSync = createClerkSync({ adapter: memoryAdapter({ organizations: { columns: {} } }) })
    // @ts-expect-error -- the adapter was given no table for "user"
    const call = ensureUser(clerkSync, { ...api.access, userId })
    await expect(call).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringMatching(/no table/) })
  })

  test('a user whose e-mail address another row has, and writes nothing', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: { unique: true } } } })
    const clerkSync = createClerkSync({ adapter })
    const api = await backendApi()
    for (const id of [userId, 'user_2']) api.users.set(id, user({ id }))
    await ensureUser(clerkSync, { ...api.access, userId })
    const call = ensureUser(clerkSync, { ...api.access, userId: 'user_2' })
    await expect(call).rejects.toMatchObject({ code: 'unique_conflict' })
    expect(adapter.rows('users')).toHaveLength(1)
  })
})

describe('ensureUser does not store', () => {
  test.for<[string, object, RegExp]>([
    ['a user without an updated_at that is a time', { updated_at: -1 }, /updated_at that is no time/],
    ['a user whose updated_at is no number', { updated_at: '2026' }, /updated_at that is no time/],
  ])('%s', async ([, wrong, message]) => {
    const { api, ensure, stored } = await setting()
    api.users.set(userId, { ...user(), ...wrong })
    await expect(ensure()).rejects.toMatchObject({ code: 'payload_invalid', message: expect.stringMatching(message) })
    expect(stored()).toEqual([])
  })

  test('what answers with another user', async () => {
    const { api, ensure, stored } = await setting()
    api.users.set(userId, user({ id: 'user_2' }))
    await expect(ensure()).rejects.toMatchObject({ code: 'clerk_unavailable' })
    expect(stored()).toEqual([])
  })
})
