import type { SignedDelivery } from '@clerk-sync/core'
import { versionOf } from '@clerk-sync/core/adapter'
import { toNodeHandler } from '@clerk-sync/core/node'
import { startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { applicationWith, MODULE } from './support/application.ts'
import { clerkSync, type Ended, jsonOf, SECRET } from './support/command.ts'
import { serve, serveLibrary } from './support/server.ts'
import { sqliteApplication } from './support/sqlite-application.ts'

interface Finding {
  readonly check: string
  readonly severity: string
  readonly message: string
  readonly fix?: string
}

const findings = (ended: Ended, check: string) =>
  (jsonOf(ended).findings as Finding[]).filter((finding) => finding.check === check)

const only = (ended: Ended, check: string) => {
  const [one, ...others] = findings(ended, check)
  expect(others).toEqual([])
  return one
}

function doctor(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return clerkSync(['doctor', '--json', ...args], { cwd: applicationWith({ 'clerk-sync.ts': MODULE }), env })
}

test('all is well: exit code 0, and the events to subscribe to and the privileges to grant are said', async () => {
  const api = await startClerkApi({ users: 3 })
  onTestFinished(() => api.close())
  const { url, answers } = await serveLibrary()
  const { cwd, file } = sqliteApplication()
  const env = {
    DATABASE_URL: file,
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
    CLERK_SECRET_KEY: api.secretKey,
    CLERK_API_URL: api.url,
    INSTANCE_ID: api.instance.id,
  }
  await clerkSync(['backfill'], { cwd, env })
  const ended = await clerkSync(['doctor', '--url', url, '--json'], { cwd, env })
  expect(ended.stderr).toContain('0 errors, 0 warnings')
  expect(ended.code).toBe(0)
  expect(jsonOf(ended)).toMatchObject({ ok: true, errors: 0, warnings: 0 })
  expect(findings(ended, 'contents').map(({ message }) => message)).toEqual([
    'users: 3 live rows, as many as Clerk has.',
    'organizations: 0 live rows, as many as Clerk has.',
  ])
  expect(only(ended, 'instance')?.message).toContain(`${api.instance.id} (development), as instanceId says`)
  expect(only(ended, 'events')?.message).toContain('user.created, user.deleted, user.updated')
  expect(ended.stderr).toContain('    select, insert, update on users, organizations')
  expect(ended.stderr).toContain('What your hooks read and write cannot be known, and comes on top.')
  expect(jsonOf(ended).privileges).toContainEqual({
    mode: 'reconcile with onDrift',
    grants: [expect.stringContaining('on users, organizations'), expect.stringContaining('delete on the events table')],
  })
  expect(jsonOf(ended).privileges).toContainEqual({
    mode: 'prune --deleted-rows',
    grants: ['select, delete on the events table', 'select, update, delete on users, organizations'],
  })
  // It stores nothing: what it sent had no table.
  expect(answers).toEqual(['headers_missing', 'ignored', 'ignored'])
})

test.each([
  ['none', '', 'is not set'],
  ['a secret key', 'sk_test_abcdefghijkl', 'it is a secret key'],
  ['one in quotes', `"${SECRET}"`, 'is not a signing secret'],
])('the signing secret is %s', async (_, secret, message) => {
  const ended = await doctor([], { CLERK_WEBHOOK_SIGNING_SECRET: secret })
  // A malformed one throws when the module is loaded.
  if (secret === '')
    expect(only(ended, 'signing secret')).toMatchObject({
      severity: 'error',
      message: expect.stringContaining(message),
    })
  expect(ended.code).not.toBe(0)
  expect(ended.stdout + ended.stderr).not.toContain('abcdefgh')
})

test('an address of the database that is there and empty is told, and one that is absent is not', async () => {
  expect(only(await doctor([], { DATABASE_URL: '' }), 'settings')).toMatchObject({
    severity: 'warning',
    message: expect.stringMatching(/^DATABASE_URL is set and empty.*without tables\.$/),
  })
  expect(findings(await doctor(), 'settings')).toEqual([])
})

test('keys of two instances, and a key that is none', async () => {
  const env = {
    CLERK_SECRET_KEY: 'sk_test_abcdefghijkl',
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: 'pk_live_abc',
    CLERK_API_URL: 'http://127.0.0.1:1',
  }
  expect(only(await doctor([], env), 'secret key')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('of two instances'),
  })
  expect(only(await doctor([], { ...env, CLERK_SECRET_KEY: 'whatever' }), 'secret key')).toMatchObject({
    severity: 'error',
  })
})

test.each([
  ["another instance's key", { INSTANCE_ID: 'ins_another' }, 'error', 'createClerkSync has instanceId ins_another'],
  [
    'a key that Clerk refuses',
    { CLERK_SECRET_KEY: 'sk_test_abcdefghijkl' },
    'error',
    'Clerk refuses CLERK_SECRET_KEY (401)',
  ],
  ['Clerk does not answer', { CLERK_API_URL: 'http://127.0.0.1:1' }, 'unknown', 'did not answer'],
])('%s', async (_, more, severity, message) => {
  const api = await startClerkApi({})
  onTestFinished(() => api.close())
  const { cwd, file } = sqliteApplication()
  const env = { DATABASE_URL: file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url, ...more }
  const ended = await clerkSync(['doctor', '--json'], { cwd, env })
  expect(only(ended, 'instance')).toMatchObject({
    severity,
    message: expect.stringContaining(message),
    fix: expect.any(String),
  })
})

test.each([
  [-400_000, 'error', 'ahead of'],
  [60_000, 'warning', 'behind'],
  [0, 'ok', 'agrees'],
])("this machine's clock, %i ms off", async (offset, severity, message) => {
  const api = await startClerkApi({ now: () => Date.now() + offset })
  onTestFinished(() => api.close())
  const ended = await doctor([], { CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url })
  expect(only(ended, 'clock')).toMatchObject({ severity, message: expect.stringContaining(message) })
})

test('a connection to Clerk that breaks is made again', async () => {
  const api = await startClerkApi({ users: 1 })
  onTestFinished(() => api.close())
  for (const path of ['/instance', '/users/count']) api.fail({ kind: 'reset', path })
  const ended = await doctor([], { CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url })
  expect(only(ended, 'instance')).toMatchObject({ severity: 'ok' })
  expect(only(ended, 'contents')?.message).toBe('users: 0 live rows, and Clerk has 1.')
})

test.each(['/', '/v1', '/v1/'])('CLERK_API_URL may end with %s', async (end) => {
  const api = await startClerkApi({})
  onTestFinished(() => api.close())
  const ended = await doctor([], { CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: `${api.url}${end}` })
  expect(only(ended, 'instance')).toMatchObject({ severity: 'ok' })
})

test('rows that Clerk has and the table has not are counted', async () => {
  const api = await startClerkApi({ users: 20 })
  onTestFinished(() => api.close())
  const { cwd, file } = sqliteApplication()
  const env = { DATABASE_URL: file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url }
  const empty = await clerkSync(['doctor', '--json'], { cwd, env })
  expect(findings(empty, 'contents')[0]).toMatchObject({
    severity: 'error',
    message: 'users: 0 live rows, and Clerk has 20.',
    fix: expect.stringContaining('clerk-sync backfill'),
  })
  await clerkSync(['backfill'], { cwd, env })
  const [id = ''] = api.users.ids()
  await api.users.delete(id)
  const ended = await clerkSync(['doctor', '--json'], { cwd, env })
  // One that is missing for longer than a delivery takes is as wrong as many.
  expect(ended.code).toBe(1)
  expect(findings(ended, 'contents')[0]).toMatchObject({
    severity: 'error',
    message: 'users: 20 live rows, and Clerk has 19.',
    fix: expect.stringContaining('clerk-sync reconcile --dry-run'),
  })
})

test('tables that are not there are errors, with what to do', async () => {
  const { cwd, file, run } = sqliteApplication()
  run('drop table users')
  const ended = await clerkSync(['doctor', '--json'], { cwd, env: { DATABASE_URL: file } })
  expect(findings(ended, 'tables')).toContainEqual({
    check: 'tables',
    severity: 'error',
    message: 'The table users is not in the database. Run your migrations.',
  })
  expect(ended.code).toBe(1)
})

const env = { CLERK_WEBHOOK_SIGNING_SECRET: SECRET }

test.each([
  [401, {}, '', 'An auth middleware stands before the route'],
  [307, { location: 'https://example.com/sign-in' }, '', 'Svix follows no redirect'],
  [404, {}, 'Not found', 'There is no such route'],
  [200, { 'content-type': 'text/html' }, '<html>', 'Something else than clerk-sync answers'],
] as const)('the route answers %i %j', async (status, headers, body, fix) => {
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(status, headers).end(body)
  })
  const ended = await doctor(['--url', url], env)
  expect(only(ended, 'route')).toMatchObject({ severity: 'error', fix: expect.stringContaining(fix) })
  expect(ended.code).toBe(1)
})

test('a server with another secret, and a server whose bodies are changed on the way, are told apart', async () => {
  const other = await serveLibrary(`whsec_${Buffer.from('another secret of another').toString('base64')}`)
  const another = await doctor(['--url', other.url], env)
  expect(only(another, 'route')?.message).toContain('the server has another secret')
  const { url } = await serveLibrary()
  // As a proxy that parses JSON and writes it again.
  const proxy = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => /svix|content-type/.test(name)),
    )
    const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
    const answer = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  const ended = await doctor(['--url', proxy], env)
  expect(only(ended, 'route')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('something changes the body'),
    fix: expect.stringContaining('express.json()'),
  })
})

test('a route with a queue is right, and said to have one; what is left in the queue stores nothing', async () => {
  const { clerkSync: library, adapter } = await serveLibrary()
  const queue: SignedDelivery[] = []
  const url = await serve(
    toNodeHandler({ receive: (delivery) => library.receive(delivery, { queue: async (one) => queue.push(one) > 0 }) }),
  )
  expect(only(await doctor(['--url', url], env), 'route')).toMatchObject({
    severity: 'ok',
    message: expect.stringContaining('puts them into a queue: whether a worker takes them out was not looked at'),
  })
  expect(queue).toHaveLength(2)
  for (const { id, timestamp, signature, body } of queue) {
    const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature }
    expect(await library.receive({ headers, body })).toMatchObject({ outcome: 'ignored' })
  }
  expect(adapter.rows('users')).toEqual([])
})

test('a route that is named and does not answer is an error; a development server that is not started, a warning', async () => {
  expect(only(await doctor(['--url', 'http://127.0.0.1:1/'], env), 'route')).toMatchObject({ severity: 'error' })
  expect(only(await doctor([], { ...env, PORT: '1' }), 'route')).toMatchObject({ severity: 'warning' })
})

test('a ledger that nobody prunes, and a key that may not count', async () => {
  const api = await startClerkApi({ users: 1 })
  onTestFinished(() => api.close())
  api.fail({ kind: 'error', status: 403, path: '/users/count' })
  const { cwd, file, query } = sqliteApplication()
  const { url } = await serveLibrary()
  const old = Date.now() - 200 * 86_400_000
  query(`insert into clerk_events values ('msg_1', 'user.created', 'user_1', ${old}, ${old})`)
  const ended = await clerkSync(['doctor', '--url', url, '--json'], {
    cwd,
    env: { ...env, DATABASE_URL: file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url },
  })
  expect(only(ended, 'ledger')).toMatchObject({
    severity: 'warning',
    message: expect.stringMatching(
      /^1 messages, 0 dead letters and 0 tombstones beside the tables are older than 100 days/,
    ),
    fix: expect.stringContaining('clerk-sync prune'),
  })
  expect(findings(ended, 'contents')[0]).toMatchObject({
    severity: 'unknown',
    message: expect.stringContaining('it answered 403'),
    fix: expect.stringContaining('CLERK_SECRET_KEY'),
  })
})

test('tombstones beside the tables that nobody prunes, without a ledger', async () => {
  const { cwd, file, query } = sqliteApplication({ versions: 'beside' })
  const { url } = await serveLibrary()
  const application = { cwd, env: { ...env, DATABASE_URL: file } }
  expect(only(await clerkSync(['doctor', '--url', url, '--json'], application), 'ledger')).toMatchObject({
    severity: 'ok',
    message: 'Nothing that prune removes is older than 100 days.',
  })
  query(`insert into clerk_versions values ('users', 'user_1', '1', ${Date.now() - 200 * 86_400_000})`)
  const ended = await clerkSync(['doctor', '--url', url, '--json'], application)
  expect(only(ended, 'ledger')).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('1 tombstones beside the tables are older than 100 days'),
    fix: expect.stringContaining('clerk-sync prune'),
  })
  expect(jsonOf(ended).privileges).toContainEqual({
    mode: 'prune',
    grants: ['select, update, delete on the versions table', 'select on users'],
  })
  expect(JSON.stringify(jsonOf(ended).privileges)).not.toContain('--deleted-rows')
  expect(await clerkSync(['prune', '--deleted-rows', 'users'], application)).toMatchObject({ code: 0 })
  expect(query('select id from clerk_versions')).toEqual([])
})

test('an endpoint that was disabled long ago shows by the age of the newest event', async () => {
  const { cwd, file, query } = sqliteApplication()
  const { url } = await serveLibrary()
  const old = String(Date.now() - 30 * 86_400_000).padStart(13, '0')
  query(`insert into users (id, clerk_version) values ('user_1', '${old}${old}0000000')`)
  const ended = await clerkSync(['doctor', '--url', url, '--json'], { cwd, env: { ...env, DATABASE_URL: file } })
  expect(only(ended, 'newest event')).toMatchObject({
    severity: 'warning',
    message: 'The newest event in the tables is 30 d old.',
    fix: expect.stringContaining('the endpoint is enabled'),
  })
})

test('a secret in the query of the address is sent, and never printed', async () => {
  const urls: (string | undefined)[] = []
  const protect = (status: number) =>
    serve((request, response) => {
      urls.push(request.url)
      request.resume()
      response.writeHead(status, { location: `https://example.com/sign-in?redirect=${request.url}` }).end()
    })
  const secret = '?x-vercel-protection-bypass=open-sesame'
  for (const address of [await protect(307), await protect(500), 'http://127.0.0.1:1/hook']) {
    for (const command of ['doctor', 'trigger']) {
      const cwd = applicationWith({ 'clerk-sync.ts': MODULE })
      const args = [command, ...(command === 'trigger' ? ['user.created'] : []), '--url', address + secret, '--json']
      const ended = await clerkSync(args, { cwd, env })
      expect(ended.stderr).toMatch(/127\.0\.0\.1|example\.com|500/)
      expect(ended.stdout + ended.stderr).not.toContain('open-sesame')
    }
  }
  expect(urls).toHaveLength(4)
  for (const url of urls) expect(url).toBe(`/api/webhooks/clerk${secret}`)
})

test('a reconcile every night does not hide that no event comes: users who signed up since are an error', async () => {
  const day = 86_400_000
  const now = Date.now()
  const created = (days: number) => ({ created_at: now - days * day, updated_at: now - days * day })
  const person = (id: string) => ({ id, primary_email_address_id: null, email_addresses: [], ...created(30) })
  const api = await startClerkApi({ users: [person('user_1'), person('user_2')] })
  onTestFinished(() => api.close())
  const { cwd, file, query } = sqliteApplication()
  const updatedAt = now - 30 * day
  const event = versionOf({ updatedAt, occurredAt: updatedAt, rank: 0, messageId: 'msg_1' })
  const read = versionOf({ updatedAt, occurredAt: now - 20 * day, rank: 1, messageId: 'read' })
  query('insert into users (id, clerk_version) values (?, ?), (?, ?)', 'user_1', event, 'user_2', read)
  const more = { DATABASE_URL: file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url }
  const look = async () => {
    await clerkSync(['reconcile', '--limit', '1000'], { cwd, env: more })
    const ended = await clerkSync(['doctor', '--json'], { cwd, env: more })
    return only(ended, 'newest event')
  }
  const quiet = { severity: 'warning', message: 'The newest event in the tables is 30 d old.' }
  expect(await look()).toMatchObject(quiet)
  // Its event may be on the way.
  await api.users.create()
  expect(await look()).toMatchObject(quiet)
  await api.users.create(created(3))
  expect(await look()).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('Users who signed up since: 1, and none by an event.'),
    fix: expect.stringContaining('the endpoint is enabled'),
  })
})
