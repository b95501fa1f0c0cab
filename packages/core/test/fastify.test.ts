import type { ServerResponse } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toNodeHandler } from '../src/node.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { deliver } from './fixtures/server.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user({ first_name: '🚀 Żółć' }))
const PATH = '/api/webhooks/clerk'

/** As the message of `raw_body_unavailable` says. */
function unread(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}

async function serve(prepare: (app: FastifyInstance) => void) {
  const clerkSync = syncOf()
  const handler = toNodeHandler(clerkSync)
  const app = fastify({ forceCloseConnections: true })
  onTestFinished(() => app.close())
  app.register(async (plugin) => {
    prepare(plugin)
    plugin.all(PATH, (request, reply) => handler(request.raw, reply.raw))
  })
  app.post('/echo', async (request) => request.body)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  return { ...clerkSync, base, url: `${base}${PATH}` }
}

describe('with a parser that leaves the stream alone', () => {
  test('the bytes arrive, and other routes still get JSON', async () => {
    const { url, base, adapter } = await serve(unread)
    expect(await deliver(url, BODY)).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
    expect(adapter.rows('user')).toMatchObject([{ firstName: '🚀 Żółć' }])
    expect(await deliver(`${base}/echo`, '{"a":1}')).toMatchObject({ status: 200, body: '{"a":1}' })
  })

  test('a body of 2 MiB gets its 413 in chunks, and the server lives', async () => {
    const { url } = await serve(unread)
    const large = new Blob([' '.repeat(2 ** 21)]).stream()
    const response = await fetch(url, { method: 'POST', body: large, duplex: 'half' })
    expect([response.status, await response.text()]).toEqual([413, '{"code":"body_too_large"}'])
    expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
  })

  test('GET', async () => {
    const { url } = await serve(unread)
    const response = await fetch(url)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('50 at a time', async () => {
    const { url, adapter } = await serve(unread)
    const bodies = Array.from({ length: 50 }, (_, n) => envelope('user.created', user({ id: `user_${n}` })))
    const answers = await Promise.all(bodies.map((body) => deliver(url, body)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(adapter.rows('user')).toHaveLength(50)
  })
})

test('behind its own parser it is 500, and the operator is told the fix', async () => {
  const { url, results, stored } = await serve(() => {})
  expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
  expect(results).toMatchObject([{ ok: false, error: { message: expect.stringMatching(/Fastify: /) } }])
  expect(stored()).toEqual([])
})

test("given Fastify's own request in the place of request.raw, it is 500, and the operator is told the fix", async () => {
  const clerkSync = syncOf()
  const handler: (request: never, response: ServerResponse) => Promise<void> = toNodeHandler(clerkSync)
  const app = fastify({ forceCloseConnections: true })
  onTestFinished(() => app.close())
  app.post(PATH, (request, reply) => handler(request as never, reply.raw))
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}${PATH}`
  expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
  expect(clerkSync.results).toMatchObject([{ error: { message: expect.stringMatching(/Fastify: .*request\.raw/) } }])
})

test('a parser that keeps the bytes on the raw request will do', async () => {
  const { url } = await serve((app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
      Object.assign(request.raw, { rawBody: body })
      done(null, {})
    })
  })
  expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
})
