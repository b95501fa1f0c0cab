import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { frameworkHint } from '../src/hosts/framework-hint.ts'
import { toNodeHandler } from '../src/hosts/node.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { deliver, listen, writeThenRead } from './fixtures/server.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user())
const MIB = 1_048_576

/** A server whose only route is ours; `prepare` is what a host does to a request before. */
async function serve(prepare: (request: IncomingMessage) => unknown = () => {}) {
  const clerkSync = syncOf()
  const handle = toNodeHandler(clerkSync)
  const handled: Promise<void>[] = []
  const server = createServer(async (request, response) => {
    await prepare(request)
    handled.push(handle(request, response))
  })
  return { ...clerkSync, ...(await listen(server)), server, handled }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('takes', () => {
  const hosts: [string, (request: IncomingMessage) => unknown][] = [
    ['an unread request', () => {}],
    ['bytes in rawBody, whatever is in body', async (r) => Object.assign(r, { rawBody: await bytesOf(r), body: {} })],
    ['text in rawBody', async (r) => Object.assign(r, { rawBody: String(await bytesOf(r)) })],
    ['bytes in body', async (r) => Object.assign(r, { body: await bytesOf(r) })],
    ['text in body', async (r) => Object.assign(r, { body: String(await bytesOf(r)) })],
    ['an unread request with an empty body beside it', (r) => Object.assign(r, { body: {} })],
    ['an unread request whose body is a getter that throws', (r) => Object.defineProperty(r, 'body', { get: fail })],
    ['a request that is paused', (r) => r.pause()],
  ]
  test.each(hosts)('%s', async (_, prepare) => {
    const { url, results, adapter } = await serve(prepare)
    expect(await deliver(url, BODY)).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
    expect(results).toMatchObject([{ ok: true }])
    expect(adapter.rows('users')).toMatchObject([{ id: 'user_1', email: 'ada@example.com' }])
  })

  function fail(): never {
    throw new Error('Invalid JSON')
  }

  test('a header that is sent twice', async () => {
    const { url } = await serve()
    const headers = Object.entries(signed(BODY)).flatMap(([name, value]) =>
      name === 'svix-signature' ? [name, 'v1,AAAA', name, value] : [name, value],
    )
    const request = httpRequest(url, { method: 'POST', headers: [...headers, 'host', 'localhost'] })
    request.end(BODY)
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(200)
    response.resume()
  })

  test('50 at a time', async () => {
    const { url, adapter } = await serve()
    const bodies = Array.from({ length: 50 }, (_, n) => envelope('user.created', user({ id: `user_${n}` })))
    const answers = await Promise.all(bodies.map((body) => deliver(url, body)))
    expect(answers.filter(({ status, body }) => status === 200 && body === '{"outcome":"created"}')).toHaveLength(50)
    expect(adapter.rows('users')).toHaveLength(50)
  })
})

describe('answers', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s with 405', async (method) => {
    const { url, stored } = await serve()
    const response = await fetch(url, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await response.text()).toBe(method === 'HEAD' ? '' : '{"code":"method_not_allowed"}')
    expect(stored()).toEqual([])
  })

  test('in JSON of a known length', async () => {
    const { url } = await serve()
    const { headers } = await deliver(url, BODY)
    expect([headers.get('content-type'), headers.get('content-length')]).toEqual(['application/json', '21'])
  })

  test('nothing when the host has answered in the meantime', async () => {
    const { url, handled, results } = await serve()
    const impatient = createServer((request, response) => {
      const handling = toNodeHandler(syncOf({ onResult: () => void response.writeHead(504).end('{}') }))(
        request,
        response,
      )
      handled.push(handling)
    })
    const other = await listen(impatient)
    expect((await deliver(other.url, BODY)).status).toBe(504)
    await expect(Promise.all(handled)).resolves.toEqual([undefined])
    expect((await deliver(url, BODY)).status).toBe(200)
    expect(results).toMatchObject([{ ok: true }])
  })
})

describe('a body that a parser took', () => {
  const parsed = async (r: IncomingMessage) => Object.assign(r, { body: JSON.parse(String(await bytesOf(r))) })
  const hosts: [string, (request: IncomingMessage) => unknown, RegExp][] = [
    ['by a host that leaves no trace', parsed, /unread request.*Express.*Next\.js.*Fastify.*NestJS/],
    [
      "by Next's Pages API",
      async (r) => Object.assign(await parsed(r), { cookies: {}, query: {} }),
      /were sent\. Next\.js Pages API: .*bodyParser: false/,
    ],
    ['and dropped', bytesOf, /unread/],
  ]
  test.each(hosts)('%s', async (_, prepare, fix) => {
    const { url, results, stored } = await serve(prepare)
    expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
    expect(results).toMatchObject([{ ok: false, error: { message: expect.stringMatching(fix) } }])
    expect(stored()).toEqual([])
  })

  test("is not missed where Next's Pages API leaves it alone", async () => {
    const { url } = await serve((r) => Object.assign(r, { cookies: {}, query: {} }))
    expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
  })
})

const FIXES = {
  Express: /^Express: .*express\.json\(\).*NestJS: .*rawBody: true/,
  "Next's Pages API": /^Next\.js Pages API: .*bodyParser: false/,
  Fastify: /^Fastify: app\.register\(fastifyClerkSync/,
  'a host that leaves no trace': /^Pass on an unread request/,
} as const
test.each<[host: keyof typeof FIXES, marks: object]>([
  ['Express', { app: {}, baseUrl: '' }],
  ["Next's Pages API", { cookies: {}, query: {} }],
  ['Fastify', { routeOptions: {} }],
  ['Fastify', { server: {} }],
  ['a host that leaves no trace', { app: {} }],
  ['a host that leaves no trace', { baseUrl: '' }],
  ['a host that leaves no trace', { cookies: {} }],
  ['a host that leaves no trace', { query: {} }],
])('the fix is that of %s, by what it leaves on a request: %o', (host, marks) => {
  expect(frameworkHint(marks)).toMatch(FIXES[host])
})

describe('a body of 2 MiB', () => {
  const head = (headers: Record<string, string>) =>
    `${[
      'POST /api/webhooks/clerk HTTP/1.1',
      'host: localhost',
      ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`),
    ]
      .map((line) => `${line}\r\n`)
      .join('')}\r\n`
  const large = Buffer.alloc(2 * MIB, ' ')
  const whole = [head({ ...signed(large), 'content-length': String(large.length) }), large]
  const chunked = [
    head({ ...signed(large), 'transfer-encoding': 'chunked' }),
    `${large.length.toString(16)}\r\n`,
    large,
    '\r\n0\r\n\r\n',
  ]
  const small = [head({ ...signed(BODY), 'content-length': String(BODY.length) }), BODY]

  test.each([
    ['with its length', whole],
    ['in chunks', chunked],
  ])('%s gets its 413, also where all of it is written first, and the connection goes on', async (_, pieces) => {
    const { port, url, stored, results } = await serve()
    expect(await writeThenRead(port, [...pieces, ...small], 2)).toEqual([
      '413 {"code":"body_too_large"}',
      '200 {"outcome":"created"}',
    ])
    expect(results).toMatchObject([{ ok: false, status: 413 }, { ok: true }])
    expect(stored()).toHaveLength(1)
    expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
  })

  test('gets its 413 before the end of the upload', async () => {
    const { port } = await serve()
    const unfinished = [head({ ...signed(large), 'content-length': String(64 * MIB) })]
    expect(await writeThenRead(port, unfinished, 1)).toEqual(['413 {"code":"body_too_large"}'])
    const chunk = `${(MIB + 1).toString(16)}\r\n`
    const endless = [head({ ...signed(large), 'transfer-encoding': 'chunked' }), chunk, large.subarray(0, MIB + 1)]
    expect(await writeThenRead(port, endless, 1)).toEqual(['413 {"code":"body_too_large"}'])
  })

  test('gets its 413 through fetch', async () => {
    const { url } = await serve()
    expect(await deliver(url, String(large))).toMatchObject({ status: 413, body: '{"code":"body_too_large"}' })
  })

  test('that was buffered by the host gets its 413', async () => {
    const { url } = await serve(async (r) => Object.assign(r, { rawBody: await bytesOf(r) }))
    expect(await deliver(url, String(large))).toMatchObject({ status: 413 })
  })
})

test('a client that goes away in the middle of its body leaves nothing behind', async () => {
  const { port, url, server, results, stored, handled } = await serve()
  for (const framing of ['content-length: 1000', 'transfer-encoding: chunked']) {
    const socket = connect(port, '127.0.0.1')
    const signature = Object.entries(signed('{"data":1}')).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(
      `POST / HTTP/1.1\r\nhost: x\r\n${signature.join('')}${framing}\r\n\r\n${framing.startsWith('c') ? '' : '5\r\n'}{"da`,
    )
    await once(server, 'request')
    await vi.waitFor(() => expect(handled.length).toBeGreaterThan(0))
    socket.destroy()
    await handled.pop()
  }
  expect(results).toMatchObject([
    { ok: false, error: { code: 'raw_body_unavailable' } },
    { ok: false, error: { code: 'raw_body_unavailable' } },
  ])
  expect(stored()).toEqual([])
  await vi.waitFor(async () => {
    const connections = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
    expect(connections).toBe(0)
  })
  expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
})
