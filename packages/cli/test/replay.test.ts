import { expect, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'
import { serve, serveLibrary } from './support/server.ts'

const event = (id: string, email: string, at: number) =>
  JSON.stringify({
    data: {
      object: 'user',
      id,
      primary_email_address_id: 'idn_1',
      email_addresses: [{ id: 'idn_1', email_address: email }],
      created_at: at,
      updated_at: at,
    },
    object: 'event',
    timestamp: at,
    type: 'user.created',
  })

const env = { CLERK_WEBHOOK_SIGNING_SECRET: SECRET }

test('each line of a file is sent, signed anew, in its order: events, deliveries, and what Clerk’s command prints', async () => {
  const { url, adapter, ids } = await serveLibrary()
  const old = Date.now() - 86_400_000
  const lines = [
    event('user_a', 'a@example.com', old),
    JSON.stringify({ type: 'ready', relay_url: 'https://example.com' }),
    JSON.stringify({
      headers: { 'Svix-Id': 'msg_b', 'svix-timestamp': '1' },
      body: event('user_b', 'b@example.com', old),
    }),
    '',
    // The escape must reach the server as it was signed.
    JSON.stringify({
      type: 'event',
      svix_id: 'msg_c',
      headers: { 'svix-id': 'msg_c' },
      body_b64: Buffer.from(event('user_c', 'c@example.com', old).replace('c@', '\\u0063@')).toString('base64'),
    }),
  ]
  const cwd = applicationWith({ 'deliveries.ndjson': lines.join('\n') })
  const ended = await clerkSync(['replay', 'deliveries.ndjson', '--url', url, '--json'], { cwd, env })
  expect(ended.code).toBe(0)
  expect(jsonOf(ended)).toEqual({ command: 'replay', ok: true, sent: 3, failed: 0, outcomes: { created: 3 } })
  expect(adapter.rows('users').map(({ id, email }) => [id, email])).toEqual([
    ['user_a', 'a@example.com'],
    ['user_b', 'b@example.com'],
    ['user_c', 'c@example.com'],
  ])
  expect(ids.slice(1)).toEqual(['msg_b', 'msg_c'])
})

test('a file that is sent twice is stored once: a message keeps its id', async () => {
  const { url, ids, answers } = await serveLibrary()
  const options = { cwd: applicationWith({}), env, stdin: event('user_a', 'a@example.com', 1_700_000_000_000) }
  await clerkSync(['replay', '-', '--url', url], options)
  await clerkSync(['replay', '-', '--url', url], options)
  expect(new Set(ids).size).toBe(1)
  expect(answers).toEqual(['created', 'unchanged'])
})

test.each([
  ['no JSON', 'hello', 'f, line 2 is not a JSON object'],
  ['no event', '{"a":1}', "f, line 2 holds no event of Clerk's"],
])('exit code 2 for a line that is %s, and nothing is sent', async (_, line, message) => {
  const { url, answers } = await serveLibrary()
  const cwd = applicationWith({ f: `${event('user_a', 'a@example.com', 1)}\n${line}\n` })
  const { code, stderr } = await clerkSync(['replay', 'f', '--url', url], { cwd, env })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
  expect(answers).toEqual([])
})

test.each([
  [401, {}, '', 'An auth middleware stands before the route'],
  [307, { location: '/sign-in' }, '', 'It redirects to /sign-in, and Svix follows no redirect'],
  [404, {}, '', 'There is no such route'],
  [200, { 'content-type': 'text/html' }, '<html>', 'Something else than clerk-sync answers'],
  [400, { 'content-type': 'application/json' }, '{"code":"signature_mismatch"}', 'another signing secret'],
] as const)('exit code 1 for an answer of %i %j, and what it means', async (status, headers, body, message) => {
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(status, headers).end(body)
  })
  const stdin = event('user_a', 'a@example.com', 1)
  const ended = await clerkSync(['replay', '-', '--url', url, '--json'], { cwd: applicationWith({}), env, stdin })
  expect(ended.stderr).toContain(message)
  expect(jsonOf(ended)).toMatchObject({ ok: false, sent: 1, failed: 1 })
  expect(ended.code).toBe(1)
})

test('exit code 1 when nothing listens', async () => {
  const options = { cwd: applicationWith({}), env, stdin: event('user_a', 'a@example.com', 1) }
  const { code, stderr } = await clerkSync(['replay', '-', '--url', 'http://127.0.0.1:1/'], options)
  expect(stderr).toContain('http://127.0.0.1:1/ does not answer. See that the server runs')
  expect(code).toBe(1)
})
