import fastify5, { type FastifyInstance } from 'fastify'
import fastify4 from 'fastify4'
import fastify4First from 'fastify4-first'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fastifyClerkSync } from '../src/hosts/fastify.ts'
import { toNodeHandler } from '../src/hosts/node.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { deliver, writeThenRead } from './fixtures/server.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user({ first_name: '🚀 Żółć' }))
const PATH = '/api/webhooks/clerk'

type Route = (app: FastifyInstance, clerkSync: ReturnType<typeof syncOf>) => unknown
const plugin: Route = (app, clerkSync) => app.register(fastifyClerkSync, { clerkSync })

// What is used of an application is alike in all of them; to the compiler their types are not.
const VERSIONS: [string, typeof fastify5][] = [
  ['5', fastify5],
  ['4', fastify4 as unknown as typeof fastify5],
  ['4.0', fastify4First as unknown as typeof fastify5],
]

async function serve(route: Route, fastify = fastify5) {
  const clerkSync = syncOf()
  const app = fastify({ forceCloseConnections: true })
  onTestFinished(() => app.close())
  route(app, clerkSync)
  app.post('/echo', async (request) => request.body)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  return { ...clerkSync, base, port: Number(new URL(base).port), url: `${base}${PATH}` }
}

describe.each(VERSIONS)('the plugin, on Fastify %s', (_, fastify) => {
  const served = (route: Route) => serve(route, fastify)

  test('gets the bytes, and the other routes still get JSON', async () => {
    const { url, base, adapter } = await served(plugin)
    const { status, body, headers } = await deliver(url, BODY)
    expect([status, body]).toEqual([200, '{"outcome":"created"}'])
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(adapter.rows('users')).toMatchObject([{ firstName: '🚀 Żółć' }])
    expect(await deliver(`${base}/echo`, '{"a":1}')).toMatchObject({ status: 200, body: '{"a":1}' })
  })

  test.each(['application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded'])(
    'takes a body of the content type %s',
    async (type) => {
      const { url } = await served(plugin)
      expect(await deliver(url, BODY, { 'content-type': type })).toMatchObject({ status: 200 })
    },
  )

  test('takes a body without a content type', async () => {
    const { port } = await served(plugin)
    const headers = Object.entries({ host: 'x', ...signed(BODY), 'content-length': String(Buffer.byteLength(BODY)) })
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const answers = await writeThenRead(port, [`POST ${PATH} HTTP/1.1\r\n${head}\r\n${BODY}`], 1)
    expect(answers).toEqual(['200 {"outcome":"created"}'])
  })

  test('is at the path that it is given, under the prefix of its context', async () => {
    const { base } = await served((app, clerkSync) =>
      app.register(async (api) => void api.register(fastifyClerkSync, { clerkSync, path: '/clerk' }), {
        prefix: '/api',
      }),
    )
    expect(await deliver(`${base}/api/clerk`, BODY)).toMatchObject({ status: 200 })
  })

  test("leaves the application's hooks their part in the answer", async () => {
    const { url } = await served((app, clerkSync) => {
      app.addHook('onSend', async (_request, reply) => void reply.header('x-request-id', '1'))
      plugin(app, clerkSync)
    })
    expect((await deliver(url, BODY)).headers.get('x-request-id')).toBe('1')
  })

  test('a body of 2 MiB gets its 413, also in chunks and where all of it is written first', async () => {
    const { url, port, stored } = await served(plugin)
    const large = ' '.repeat(2 ** 21)
    const body = new Blob([large]).stream()
    const response = await fetch(url, { method: 'POST', headers: signed(large), body, duplex: 'half' })
    expect([response.status, await response.text()]).toEqual([413, '{"code":"body_too_large"}'])
    const request = (body: string) => {
      const headers = Object.entries({ host: 'x', ...signed(body), 'content-length': String(Buffer.byteLength(body)) })
      return `POST ${PATH} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
    }
    expect(await writeThenRead(port, [request(large), request(BODY)], 2)).toEqual([
      '413 {"code":"body_too_large"}',
      '200 {"outcome":"created"}',
    ])
    expect(stored()).toHaveLength(1)
  })

  test('GET', async () => {
    const { url } = await served(plugin)
    const response = await fetch(url)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await response.text()).toBe('{"code":"method_not_allowed"}')
  })

  test('behind a preParsing hook that reads the body it is 500, and the error names the fix', async () => {
    const { url, results } = await served((app, clerkSync) => {
      app.addHook('preParsing', async (_request, _reply, payload) => {
        for await (const _ of payload);
        return payload
      })
      plugin(app, clerkSync)
    })
    expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
    expect(results).toMatchObject([{ error: { message: expect.stringMatching(/preParsing.*fastify-raw-body/) } }])
  })

  test('without clerkSync it says so when the application starts', async () => {
    const app = fastify()
    onTestFinished(() => app.close())
    app.register(fastifyClerkSync, {} as never)
    await expect(app.ready()).rejects.toMatchObject({ code: 'config_invalid' })
  })
})

describe('toNodeHandler in a route of its own', () => {
  const raw: Route = (app, clerkSync) => {
    const handler = toNodeHandler(clerkSync)
    app.all(PATH, (request, reply) => handler(request.raw, reply.raw))
  }

  test("behind Fastify's parser it is 500, and the error names the fix", async () => {
    const { url, results, stored } = await serve(raw)
    expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
    expect(results).toMatchObject([{ ok: false, error: { message: expect.stringMatching(/fastifyClerkSync/) } }])
    expect(stored()).toEqual([])
  })

  test("given Fastify's own request in the place of request.raw it is 500, and the error names the fix", async () => {
    const { url, results } = await serve((app, clerkSync) => {
      const handler = toNodeHandler(clerkSync)
      app.post(PATH, (request, reply) => handler(request as never, reply.raw))
    })
    expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
    expect(results).toMatchObject([{ error: { message: expect.stringMatching(/Fastify: .*fastifyClerkSync/) } }])
  })

  test('a parser that keeps the bytes on the raw request will do', async () => {
    const { url } = await serve((app, clerkSync) => {
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
        Object.assign(request.raw, { rawBody: body })
        done(null, {})
      })
      raw(app, clerkSync)
    })
    expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
  })
})
