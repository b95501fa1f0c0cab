import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as clerk from '../src/clerk.ts'
import { combinations, type EmptyDatabase, emptyDatabase } from './support/databases.ts'
import { endAll, run, SECRET, type ServerProcess, serve } from './support/process.ts'

// Each starts processes, and a busy machine may take its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)
const ROUTE = '/api/webhooks/clerk'

describe.each(combinations)('the server with $adapter on $dialect', ({ adapter: ADAPTER, dialect }) => {
  let database: EmptyDatabase
  let server: ServerProcess
  beforeAll(async () => {
    database = await emptyDatabase(dialect)
    // Started together on an empty database, each finds its tables.
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => serve({ ADAPTER, DATABASE_URL: database.url })))
    if (!first) throw new Error('no server')
    server = first
    await Promise.all(others.map((other) => other.end('SIGTERM')))
  })
  afterAll(async () => {
    endAll()
    await database.remove()
  })

  const deliver = (message: clerk.Message) => clerk.deliver(message, server.url + ROUTE, SECRET)
  const get = async (path: string) => (await (await fetch(server.url + path)).json()) as Record<string, unknown>[]
  const post = (body: string | null, headers: Record<string, string>) =>
    fetch(server.url + ROUTE, { method: 'POST', headers, body })

  test('gives every user, tombstones included', async () => {
    const ada = { id: clerk.newId('user'), firstName: 'Ada', lastName: 'O’King 👩‍🚀', email: 'ada@example.com' }
    const signUp = clerk.userEvent('user.created', ada, AT)
    expect(await deliver(signUp)).toEqual({ status: 200, said: 'created' })
    const gone = clerk.newId('user')
    expect(await deliver(clerk.deletedEvent('user.deleted', gone, AT))).toEqual({ status: 200, said: 'deleted' })

    const users = await get('/api/users')
    expect(users.find(({ id }) => id === ada.id)).toEqual({
      id: ada.id,
      email: 'ada@example.com',
      emailVerified: true,
      phoneNumber: null,
      username: null,
      firstName: 'Ada',
      lastName: 'O’King 👩‍🚀',
      fullName: 'Ada O’King 👩‍🚀',
      imageUrl: JSON.parse(signUp.body).data.image_url,
      externalId: null,
      publicMetadata: {},
      banned: false,
      locked: false,
      lastSignInAt: null,
      clerkVersion: expect.stringMatching(/^\d{33}$/),
      deletedAt: null,
    })
    expect(users.find(({ id }) => id === gone)).toMatchObject({
      email: null,
      fullName: null,
      banned: false,
      deletedAt: new Date(AT + 15).toISOString(),
    })
    expect(users.map(({ id }) => id)).toEqual(users.map(({ id }) => id).toSorted())
  })

  test('welcomes a user once, from the hook’s transaction', async () => {
    const person = { id: clerk.newId('user'), firstName: 'Grace' }
    const signUp = clerk.userEvent('user.created', person, AT)
    const answers = await Promise.all(Array.from({ length: 6 }, () => deliver(signUp)))
    expect(answers.map(({ said }) => said).toSorted()).toEqual(['created', ...Array(5).fill('duplicate')])
    await deliver(clerk.userEvent('user.updated', person, AT + 1))
    const welcomes = await get('/api/welcomes')
    expect(welcomes.filter(({ userId }) => userId === person.id)).toEqual([{ userId: person.id, eventId: signUp.id }])
  })

  test('gives the metadata as they were sent', async () => {
    const public_metadata = { plan_id: 'pro', seats: [{ seat_no: 1, isTaken: true }], note: '{"a":1}', none: null }
    const id = clerk.newId('user')
    const user = { ...JSON.parse(clerk.userEvent('user.created', { id }, AT).body).data, public_metadata }
    await deliver(clerk.message('user.created', AT, { ...user, last_sign_in_at: AT, locked: true }))
    expect((await get('/api/users')).find((row) => row.id === id)).toMatchObject({
      publicMetadata: public_metadata,
      lastSignInAt: new Date(AT).toISOString(),
      locked: true,
    })
  })

  test('gives organizations and memberships', async () => {
    const person = { id: clerk.newId('user') }
    const organization = { id: clerk.newId('org'), name: 'Analytical Engines', createdBy: person.id }
    const membership = { id: clerk.newId('orgmem'), organization, person, role: 'org:admin' }
    await deliver(clerk.membershipEvent('organizationMembership.created', membership, AT))
    await deliver(clerk.organizationEvent('organization.created', organization, AT))
    expect((await get('/api/organizations')).find(({ id }) => id === organization.id)).toMatchObject({
      name: 'Analytical Engines',
      slug: 'analytical-engines',
      createdBy: person.id,
      deletedAt: null,
    })
    expect((await get('/api/memberships')).find(({ id }) => id === membership.id)).toMatchObject({
      organizationId: organization.id,
      userId: person.id,
      role: 'org:admin',
      permissions: ['org:sys_memberships:read'],
    })
  })

  test('many sign-ups at the same time are all stored', async () => {
    const people = Array.from({ length: 60 }, () => ({ id: clerk.newId('user') }))
    const answers = await Promise.all(people.map((person) => deliver(clerk.userEvent('user.created', person, AT))))
    expect(answers).toEqual(people.map(() => ({ status: 200, said: 'created' })))
  })

  test('refuses what is not genuine, and writes nothing', async () => {
    const before = await get('/api/users')
    const person = { id: clerk.newId('user'), firstName: 'Mallory' }
    const message = clerk.userEvent('user.created', person, AT)
    const headers = clerk.sign(message, SECRET)
    const refused = async (status: number, code: string, body: string | null, sent: Record<string, string>) => {
      const response = await post(body, sent)
      expect([response.status, await response.json()]).toEqual([status, { code }])
    }
    const hour = 3_600_000
    await refused(400, 'headers_missing', message.body, {})
    await refused(400, 'headers_missing', null, {})
    await refused(400, 'signature_mismatch', null, headers)
    await refused(400, 'signature_mismatch', message.body.replace('Mallory', 'Ada'), headers)
    await refused(400, 'signature_mismatch', message.body, clerk.sign(message, 'whsec_c29tZWJvZHkgZWxzZQ=='))
    await refused(400, 'timestamp_out_of_range', message.body, clerk.sign(message, SECRET, Date.now() - hour))
    await refused(400, 'timestamp_out_of_range', message.body, clerk.sign(message, SECRET, Date.now() + hour))
    for (const body of ['', 'not JSON', '[]', '{"type":"user.created"}']) {
      await refused(422, 'payload_invalid', body, clerk.sign({ id: message.id, body }, SECRET))
    }
    expect(await get('/api/users')).toEqual(before)
  })

  test('refuses a body over the limit', async () => {
    const body = 'x'.repeat(2 * 2 ** 20)
    const response = await post(body, clerk.sign({ id: clerk.newId('msg'), body }, SECRET))
    expect([response.status, await response.json()]).toEqual([413, { code: 'body_too_large' }])
  })

  test('accepts types of tomorrow', async () => {
    const answer = await deliver(clerk.message('robot.created', AT, { id: 'robot_1' }))
    expect(answer).toEqual({ status: 200, said: 'ignored' })
  })

  test('knows its routes and their methods', async () => {
    const answer = async (method: string, path: string) => {
      const response = await fetch(server.url + path, { method })
      return [response.status, response.headers.get('allow'), await response.json()]
    }
    expect(await answer('GET', ROUTE)).toEqual([405, 'POST', { code: 'method_not_allowed' }])
    for (const path of ['/', '/api/users', '/api/welcomes', '/api/events']) {
      expect(await answer('POST', path)).toEqual([405, 'GET, HEAD', { code: 'method_not_allowed' }])
    }
    for (const path of ['/api', '/api/users/1', '/../package.json', '/api/webhooks', '/favicon.ico', '//']) {
      expect(await answer('GET', path)).toEqual([404, null, { code: 'not_found' }])
    }
    expect((await fetch(`${server.url}/api/users`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${server.url}/api/users?page=2`)).headers.get('content-type')).toBe('application/json')
  })

  test('has a page that runs no script but its own', async () => {
    const page = await fetch(server.url)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const html = await page.text()
    for (const [, path] of html.matchAll(/(?:href|src)="(\/page[^"]+)"/g)) {
      expect((await fetch(server.url + path)).status).toBe(200)
    }
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
  })

  test('tells a page that listens of each delivery', async () => {
    const stream = await fetch(`${server.url}/api/events`)
    const id = clerk.newId('user')
    await deliver(clerk.userEvent('user.created', { id }, AT))
    let heard = ''
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += chunk
      if (heard.includes(id)) break
    }
    expect(heard).toMatch(new RegExp(`"said":"created","type":"user.created","entityId":"${id}"`))
  })

  test('keeps everything over a restart', async () => {
    const before = await get('/api/users')
    await server.end('SIGKILL')
    server = await serve({ ADAPTER, DATABASE_URL: database.url })
    expect(await get('/api/users')).toEqual(before)
  })

  test('an id cannot write to the terminal by itself', async () => {
    const id = 'user_\u001b[2Jnothing\nready http://evil \u202e'
    expect(await deliver(clerk.userEvent('user.created', { id }, AT))).toMatchObject({ status: expect.any(Number) })
    await vi.waitUntil(() => server.output.stdout.includes('user_\\u{1b}[2Jnothing\\u{a}ready'))
    const printed = server.output.stdout + server.output.stderr
    for (const raw of ['\u001b', '\u202e', '\nready http://evil']) expect(printed).not.toContain(raw)
  })

  test('can be tried by hand: the story is told on the same database', async () => {
    expect(await run([], { ADAPTER, DATABASE_URL: database.url })).toMatchObject({ code: 0, stderr: '' })
  })
})
