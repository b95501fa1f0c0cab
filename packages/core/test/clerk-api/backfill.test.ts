import type { ClerkApi } from '@clerk-sync/testing'
import { describe, expect, test } from 'vitest'
import { backfill, type Progress } from '../../src/clerk-api/index.ts'
import { emailOf, expectClerksTruth, failsWith, setting, uniqueEmails } from './setting.ts'

const WORLD = { users: 1203, organizations: 30, memberships: 700, organizationInvitations: 20, organizationDomains: 5 }

describe('backfill', () => {
  test('fills every table with what Clerk has', async () => {
    const { api, clerkSync, read, rows } = await setting(WORLD)
    const result = await backfill(clerkSync, read)
    expect(result).toMatchObject({ ok: true, resumed: false, failures: [] })
    expect(result.counts.user).toMatchObject({ created: 1203, failed: 0 })
    expect(result.counts.organizationMembership).toMatchObject({ created: 700 })
    expect(result.requests).toBe(api.requests.length)
    expectClerksTruth({ api, rows })
  })

  test('takes one request for 500 users, and three to know that it has all', async () => {
    const { api, clerkSync, read } = await setting({ users: 1203 })
    await backfill(clerkSync, { ...read, entities: ['user'] })
    expect(api.requests.filter(({ path }) => path === '/users')).toHaveLength(4)
    expect(api.requests.filter(({ path }) => path === '/users/count')).toHaveLength(2)
    expect(api.requests).toHaveLength(7)
  })

  test('may run again, which changes nothing but the versions', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 20 })
    await backfill(clerkSync, read)
    const before = rows('users').map(({ clerkVersion, ...row }) => row)
    expect((await backfill(clerkSync, read)).counts.user).toMatchObject({ created: 0, failed: 0 })
    expect(rows('users').map(({ clerkVersion, ...row }) => row)).toEqual(before)
    expectClerksTruth({ api, rows })
  })

  test('never overwrites what an event after the read has written', async () => {
    const { api, clerkSync, read, row } = await setting({
      users: 5,
      webhooks: 'once',
      onWebhook: async ({ event }) => void (await clerkSync.apply(event)),
      onAnswer: async ({ path }) => {
        const [id = ''] = api.users.ids()
        if (path === '/users') await api.users.update(id, { first_name: 'Later' })
      },
    })
    await backfill(clerkSync, read)
    expect(row('users', api.users.ids()[0] ?? '')).toMatchObject({ firstName: 'Later' })
  })

  test.each([
    ['a user is imported behind the cursor', (api: ClerkApi) => api.users.create({ created_at: Date.UTC(2020, 1, 1) })],
    ["the cursor's own user is deleted", (api: ClerkApi) => api.users.delete(api.users.ids()[499] ?? '')],
  ])('meets every user, also where %s', async (_, change) => {
    let page = 0
    const { api, clerkSync, read, rows } = await setting({
      users: 1100,
      onAnswer: async ({ path }) => void (path === '/users' && ++page === 1 && (await change(api))),
    })
    const result = await backfill(clerkSync, read)
    expect(result.ok).toBe(true)
    const ids = new Set(rows('users').map(({ id }) => id))
    expect(api.users.ids().filter((id) => !ids.has(id))).toEqual([])
  })

  test('meets every membership of a list that drifts while it is read', async () => {
    let page = 0
    const { api, clerkSync, read, rows } = await setting({
      users: 40,
      organizations: 40,
      memberships: 1300,
      onAnswer: async ({ path }) => {
        if (path !== '/organization_memberships' || ++page > 3) return
        // What is deleted in front moves the others forward, over the border of the page: more of them than pages overlap.
        for (const id of api.memberships.ids().slice(0, 120)) await api.memberships.delete(id)
      },
    })
    expect((await backfill(clerkSync, { ...read, entities: ['organizationMembership'] })).ok).toBe(true)
    const ids = new Set(rows('organizationMemberships').map(({ id }) => id))
    expect(api.memberships.ids().filter((id) => !ids.has(id))).toEqual([])
  })

  test('goes on from its checkpoint, and writes what was refused before', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 2100 })
    const saved: unknown[] = []
    const stop = new AbortController()
    const checkpoint = {
      load: () => structuredClone(saved.at(-1)),
      save: (one: object | undefined) => {
        saved.push(structuredClone(one))
        if (saved.length === 2) stop.abort(new Error('killed'))
      },
    }
    await expect(backfill(clerkSync, { ...read, checkpoint, signal: stop.signal })).rejects.toThrow('killed')
    expect(rows('users')).toHaveLength(1000)
    const before = api.requests.length
    const told: Progress[] = []
    const onProgress = (one: Progress) => void told.push(one)
    const result = await backfill(clerkSync, { ...read, checkpoint, onProgress })
    // Of the steps that are left, users are one, and each of the others counts as much.
    const { entity, done = 0, share } = told[0] ?? {}
    expect([entity, done]).toEqual(['user', 1500])
    expect(share).toBeCloseTo(done / (2100 * new Set(told.map((one) => one.entity)).size))
    expect(told.at(-1)?.share).toBe(1)
    expect(result).toMatchObject({ ok: true, resumed: true })
    expect(result.counts.user).toMatchObject({ created: 2100 })
    expect(api.requests.slice(before).filter(({ path }) => path === '/users')).toHaveLength(4)
    expectClerksTruth({ api, rows })
    expect(saved.at(-1)).toBeUndefined()
  })

  test('goes on from its position also where a row is refused for ever, and tries that one again', async () => {
    const database = uniqueEmails()
    const { api, clerkSync, read, rows, row } = await setting({ users: 2100 }, {}, { database })
    const [refused = '', healed = ''] = api.users.ids()
    await database.transaction((tx) => {
      for (const id of [refused, healed]) tx.insert('users', { id: `seed-${id}`, email: emailOf(api, id) })
    })
    let last: unknown
    let pages = 0
    const stop = new AbortController()
    const checkpoint = {
      load: () => structuredClone(last),
      save: (one: object | undefined) => {
        last = structuredClone(one)
        if (++pages === 2) stop.abort(new Error('killed'))
      },
    }
    await expect(backfill(clerkSync, { ...read, checkpoint, signal: stop.signal })).rejects.toThrow('killed')
    await database.transaction((tx) => tx.update('users', `seed-${healed}`, { email: null }))
    const told: number[] = []
    const onProgress = ({ entity, done }: Progress) => void (entity === 'user' && told.push(done))
    const result = await backfill(clerkSync, { ...read, checkpoint, onProgress })
    expect(told[0]).toBe(1500)
    expect(result).toMatchObject({ ok: false, resumed: true, incomplete: [], failures: [{ id: refused }] })
    expect(result.counts.user).toMatchObject({ created: 2099, failed: 1 })
    expect(row('users', healed)).toMatchObject({ email: emailOf(api, healed) })
    expect(rows('users')).toHaveLength(2101)
  })

  test('what was refused before it was killed, and was deleted in Clerk since, is no failure', async () => {
    const database = uniqueEmails()
    const { api, clerkSync, read, rows } = await setting({ users: 20 }, {}, { database })
    const [refused = ''] = api.users.ids()
    await database.transaction((tx) => tx.insert('users', { id: 'seed-1', email: emailOf(api, refused) }))
    const saved: unknown[] = []
    await backfill(clerkSync, { ...read, checkpoint: { load: () => undefined, save: (one) => void saved.push(one) } })
    await api.users.delete(refused)
    const checkpoint = { load: () => structuredClone(saved[0]), save: () => undefined }
    expect(await backfill(clerkSync, { ...read, checkpoint })).toMatchObject({ ok: true, resumed: true, failures: [] })
    expect(rows('users')).toHaveLength(20)
  })

  test('refuses a checkpoint of other entities', async () => {
    const { clerkSync, read } = await setting({ users: 3 })
    let saved: object | undefined
    const save = (one?: object) => {
      saved = one ?? saved
    }
    const checkpoint = { load: () => saved, save }
    await backfill(clerkSync, { ...read, checkpoint, entities: ['user'] })
    await expect(backfill(clerkSync, { ...read, checkpoint })).rejects.toEqual(
      failsWith('config_invalid', /checkpoint is of a run with other options.*Remove it/),
    )
  })

  test.each([
    ['none', undefined, { by: 'external_id', column: 'firstName' }],
    ['one of another column', { by: 'external_id', column: 'email' }, { by: 'external_id', column: 'firstName' }],
    ['one by something else', { by: () => '', column: 'email' }, { by: 'external_id', column: 'email' }],
  ] as const)('refuses a checkpoint of another link: %s', async (_, before, link) => {
    const { clerkSync, read, rows } = await setting({ users: 3 })
    let saved: object | undefined
    const save = (one?: object) => {
      saved = one ?? saved
    }
    const options = { ...read, checkpoint: { load: () => saved, save } }
    await backfill(clerkSync, { ...options, ...(before && { link: before as never }) })
    const stored = rows('users')
    await expect(backfill(clerkSync, { ...options, link: link as never })).rejects.toEqual(
      failsWith('config_invalid', /another link/),
    )
    expect(rows('users')).toEqual(stored)
  })

  test.each([false, true])('links nothing where Clerk counts more users than it lists, dryRun %s', async (dryRun) => {
    const { api, clerkSync, read, rows } = await setting({ users: 3 })
    api.fail({ kind: 'empty', path: '/users', times: Infinity })
    const link = { by: 'external_id', column: 'firstName' } as never
    await expect(backfill(clerkSync, { ...read, link, dryRun })).rejects.toEqual(
      failsWith('clerk_unavailable', /counts more users than it listed.*nothing was linked.*Run it again/),
    )
    expect(rows('users')).toEqual([])
  })

  test('names the entity whose list was not read whole, and no other', async () => {
    const { api, clerkSync, read } = await setting({ users: 30, organizations: 3 })
    expect((await backfill(clerkSync, read)).incomplete).toEqual([])
    api.fail({ kind: 'empty', path: '/users', times: Infinity })
    expect(await backfill(clerkSync, read)).toMatchObject({ ok: false, failures: [], incomplete: ['user'] })
  })

  test('knows how far it is when it goes on with the second of two entities', async () => {
    const { clerkSync, read } = await setting({ users: 5, organizations: 600 })
    const entities = ['user', 'organization'] as const
    const saved: (object | undefined)[] = []
    const save = (one: object | undefined) => void saved.push(structuredClone(one))
    await backfill(clerkSync, { ...read, entities, checkpoint: { load: () => undefined, save } })
    const last = saved.find((one) => one && 'entity' in one && one.entity === 'organization')
    expect(last).toMatchObject({ entity: 'organization', position: { met: 500 } })
    const told: Progress[] = []
    const checkpoint = { load: () => last, save: () => undefined }
    await backfill(clerkSync, { ...read, entities, checkpoint, onProgress: (one) => void told.push(one) })
    // The one that is left is the whole of this run.
    expect(told[0]).toMatchObject({ entity: 'organization', share: 1 })
  })

  test('goes on with one entity where it was, and with the next one from its start', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 60, organizations: 120, memberships: 120 })
    const entities = ['organization', 'organizationMembership'] as const
    const saved: (object | undefined)[] = []
    const save = (one: object | undefined) => void saved.push(structuredClone(one))
    await backfill(clerkSync, { ...read, entities, checkpoint: { load: () => undefined, save } })
    expect(saved[0]).toMatchObject({ entity: 'organization', position: { offset: 70 } })
    const before = api.requests.length
    await backfill(clerkSync, { ...read, entities, checkpoint: { load: () => saved[0], save } })
    const offsets = (path: string) =>
      api.requests.slice(before).flatMap((one) => (one.path === path ? [one.query.get('offset')] : []))
    expect(offsets('/organizations')[0]).toBe('70')
    expect(offsets('/organization_memberships')[0]).toBe('0')
    expect(rows('organizationMemberships')).toHaveLength(120)
  })

  test('keeps a thousand that were refused for another try, and names them until they were met again', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 1200 })
    const { writeMany } = clerkSync.adapter
    let isRefusing = true
    clerkSync.adapter.writeMany = (changes, options) =>
      isRefusing
        ? Promise.resolve(changes.map((change) => ({ change, error: new Error('too long') })))
        : writeMany(changes, options)
    const saved: { readonly unwritten: readonly string[] }[] = []
    const save = (one: object | undefined) => void (one && saved.push(structuredClone(one) as never))
    const entities = ['user'] as const
    const refused = await backfill(clerkSync, { ...read, entities, checkpoint: { load: () => undefined, save } })
    expect(refused.counts.user).toMatchObject({ failed: 1200 })
    expect(saved.map(({ unwritten }) => unwritten.length)).toEqual([500, 1000, 1000])
    const [, second] = saved.splice(0)
    isRefusing = false
    const before = api.requests.length
    const result = await backfill(clerkSync, { ...read, entities, checkpoint: { load: () => second, save } })
    expect(result.counts.user).toMatchObject({ created: 1200 })
    expect(rows('users')).toHaveLength(1200)
    expect(saved[0]?.unwritten).toHaveLength(1000)
    // What is left of the list and its end, and then two pages of those: no more once all of them were met.
    expect(api.requests.slice(before).filter(({ path }) => path === '/users')).toHaveLength(4)
  })

  test('still names it when it goes on from a checkpoint', async () => {
    const { api, clerkSync, read } = await setting({ users: 30, organizations: 3 })
    api.fail({ kind: 'empty', path: '/users', times: Infinity })
    const saved: unknown[] = []
    await backfill(clerkSync, { ...read, checkpoint: { load: () => undefined, save: (one) => void saved.push(one) } })
    const checkpoint = { load: () => structuredClone(saved[0]), save: () => undefined }
    const result = await backfill(clerkSync, { ...read, checkpoint })
    expect(result).toMatchObject({ ok: false, resumed: true, incomplete: ['user'] })
    expect(result.counts).toMatchObject({ organization: { failed: 0 } })
  })

  test('reports a row that cannot be written, and writes the others', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 30 })
    const [id = ''] = api.users.ids()
    await api.users.update(id, { updated_at: 1e14 })
    const result = await backfill(clerkSync, read)
    expect(result).toMatchObject({ ok: false, failures: [{ entity: 'user', id }] })
    expect(result.counts.user).toMatchObject({ created: 29, failed: 1 })
    expect(rows('users')).toHaveLength(29)
  })

  test('tells how far it is', async () => {
    const { clerkSync, read } = await setting({ users: 1100, organizations: 3 })
    const told: Progress[] = []
    await backfill(clerkSync, { ...read, onProgress: (one) => void told.push(one), entities: ['user', 'organization'] })
    expect(told[0]).toMatchObject({ step: 'list', entity: 'user', done: 500, total: 1100, requests: 4 })
    expect(told[0]?.perSecond).toBeGreaterThan(0)
    expect(told.at(-1)).toMatchObject({ step: 'list', entity: 'organization', done: 3, total: 3, share: 1 })
    expect(new Set(told.map(({ step }) => step))).toEqual(new Set(['list']))
    expect(told.at(-1)?.counts.user).toMatchObject({ created: 1100 })
  })
})

describe('backfill is not taken in by', () => {
  test.each([
    [
      'a page of HTML that is sent as 200',
      { kind: 'html', times: Infinity },
      'clerk_unavailable',
      /not JSON of Clerk's/,
    ],
    ['a body that is cut', { kind: 'cut', times: Infinity }, 'clerk_unavailable', /did not answer/],
    ['500s without an end', { kind: 'error', times: Infinity }, 'clerk_unavailable', /answered 500.*3 times/],
    [
      "a firewall's page with 403: the key is not blamed",
      { kind: 'html', status: 403, times: Infinity },
      'clerk_unavailable',
      /answered 403 with what is not JSON.*3 times.*no proxy stands in between/,
    ],
  ] as const)('%s', async (_, fault, code, message) => {
    const { api, clerkSync, read, rows } = await setting({ users: 600 })
    api.fail({ ...fault, path: '/users' })
    await expect(backfill(clerkSync, read)).rejects.toEqual(failsWith(code, message))
    expect(rows('users')).toEqual([])
  })

  test('an empty page: it is read again, since Clerk counts more', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 600 })
    api.fail({ kind: 'empty', path: '/users', after: 1 })
    expect((await backfill(clerkSync, read)).ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test.each(['reset', 'cut', 'html', 'error'] as const)('one request that goes wrong: %s', async (kind) => {
    const { api, clerkSync, read, rows } = await setting({ users: 600 })
    api.fail({ kind, path: '/users', after: 1 })
    expect((await backfill(clerkSync, read)).ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test.each([401, 403])("a firewall's page with %i, which passes", async (status) => {
    const { api, clerkSync, read, rows } = await setting({ users: 600 })
    api.fail({ kind: 'html', status, path: '/users', after: 1 })
    expect((await backfill(clerkSync, read)).ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test('a wrong key, and says what to do', async () => {
    const { clerkSync, read } = await setting({ users: 3 })
    await expect(backfill(clerkSync, { ...read, secretKey: 'sk_test_wrong' })).rejects.toEqual(
      failsWith('config_invalid', /answered 401.*CLERK_SECRET_KEY.*Dashboard/),
    )
  })

  test('a key of another instance', async () => {
    const { clerkSync, read, rows } = await setting(
      { users: 3, instanceId: 'ins_dev' },
      { instanceId: 'ins_production' },
    )
    await expect(backfill(clerkSync, read)).rejects.toEqual(
      failsWith('instance_mismatch', /instance ins_dev.*belongs to ins_production/),
    )
    expect(rows('users')).toEqual([])
  })

  test('a clock that jumps in the middle of a run, and does not say that nothing was written', async () => {
    let ahead = 0
    const { clerkSync, read, rows } = await setting({
      users: 600,
      now: () => Date.now() + ahead,
      onRequest: ({ path }) => {
        if (path === '/users/count' && rows('users').length > 0) ahead = 60_000
      },
    })
    await expect(backfill(clerkSync, read)).rejects.toEqual(
      failsWith('config_invalid', /apart.*Nothing more was written/),
    )
    expect(rows('users')).toHaveLength(600)
  })

  test('a clock that is a minute behind', async () => {
    const { clerkSync, read } = await setting({ users: 3, now: () => Date.now() + 60_000 })
    await expect(backfill(clerkSync, read)).rejects.toEqual(failsWith('config_invalid', /are (59|6\d) s apart/))
  })
})

test('a limit of 100 requests in 10 s is answered 429 at most once', async () => {
  const { api, clerkSync, read, rows } = await setting({ users: 25, rateLimit: { requests: 10, windowMs: 1000 } })
  await backfill(clerkSync, { ...read, limits: { requestsPer10s: 60 } })
  expect(api.requests.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(1)
  expectClerksTruth({ api, rows })
})

test('a limit that others have used up when the run begins is answered 429 once, with the default options', async () => {
  const { api, clerkSync, rows } = await setting({ users: 3, rateLimit: { requests: 100, windowMs: 1000 } })
  const headers = { authorization: `Bearer ${api.secretKey}` }
  await Promise.all(Array.from({ length: 100 }, () => fetch(`${api.url}/v1/users/count`, { headers })))
  const others = api.requests.length
  await backfill(clerkSync, { secretKey: api.secretKey, apiUrl: api.url })
  expect(api.requests.slice(others).filter(({ status }) => status === 429)).toHaveLength(1)
  expectClerksTruth({ api, rows })
})

test('an address that changed is the new one', async () => {
  const { api, clerkSync, read, row } = await setting({ users: 3 })
  await backfill(clerkSync, read)
  const [id = ''] = api.users.ids()
  await api.users.update(id, {
    email_addresses: [{ id: 'idn_new', email_address: 'new@example.com' }],
    primary_email_address_id: 'idn_new',
  })
  await backfill(clerkSync, read)
  expect(row('users', id)).toMatchObject({ email: emailOf(api, id) })
})
