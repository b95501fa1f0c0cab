import { createServer } from 'node:http'
import express5, { type Express } from 'express'
import express4 from 'express4'
import { describe, expect, test } from 'vitest'
import { toNodeHandler } from '../src/hosts/node.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { deliver, listen } from './fixtures/server.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user({ first_name: '🚀 Żółć' }))
const PATH = '/api/webhooks/clerk'

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('%s', (_, express) => {
  async function serve(route: (app: Express, handler: ReturnType<typeof toNodeHandler>) => void) {
    const clerkSync = syncOf()
    const app = express()
    route(app, toNodeHandler(clerkSync))
    return { ...clerkSync, ...(await listen(createServer(app))) }
  }

  const routes: [string, (app: Express, handler: ReturnType<typeof toNodeHandler>) => void][] = [
    ['without a parser', (app, handler) => app.post(PATH, handler)],
    ['before express.json()', (app, handler) => app.post(PATH, handler).use(express.json())],
    ["with express.raw({ type: '*/*' })", (app, handler) => app.post(PATH, express.raw({ type: '*/*' }), handler)],
    ['with express.text()', (app, handler) => app.post(PATH, express.text({ type: '*/*' }), handler)],
    [
      'behind parsers that are not for JSON',
      (app, handler) => app.use(express.urlencoded({ extended: false })).post(PATH, handler),
    ],
    ['behind express.json() for another path', (app, handler) => app.use('/x', express.json()).post(PATH, handler)],
    ['mounted with use', (app, handler) => app.use('/api/webhooks', handler)],
    [
      'behind express.json() that keeps rawBody',
      (app, handler) =>
        app
          .use(express.json({ verify: (request, _response, bytes) => void Object.assign(request, { rawBody: bytes }) }))
          .post(PATH, handler),
    ],
  ]
  test.each(routes)('%s', async (_, route) => {
    const { url, adapter } = await serve(route)
    expect(await deliver(url, BODY)).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
    expect(adapter.rows('users')).toMatchObject([{ firstName: '🚀 Żółć' }])
  })

  test('behind express.json() it is 500, and the error names the fix', async () => {
    const { url, results, stored } = await serve((app, handler) => app.use(express.json()).post(PATH, handler))
    expect(await deliver(url, BODY)).toMatchObject({ status: 500, body: '{"code":"raw_body_unavailable"}' })
    expect(results).toMatchObject([{ ok: false, error: { message: expect.stringMatching(/Express: .*express\.raw/) } }])
    // One framework is known by its request: the others need not be named.
    expect(results).not.toMatchObject([{ error: { message: expect.stringContaining('Next.js') } }])
    expect(stored()).toEqual([])
  })

  test.each<[string, (app: Express, clerkSync: ReturnType<typeof syncOf>) => void]>([
    ['clerkSync.handler', (app, { handler }) => app.post(PATH, handler as never)],
    [
      'clerkSync.handler behind express.json()',
      (app, { handler }) => app.use(express.json()).post(PATH, handler as never),
    ],
    [
      'receive(request)',
      (app, { receive }) =>
        app.post(PATH, async (request, response) => {
          const { status } = await receive(request as never)
          response.status(status).end()
        }),
    ],
  ])('%s in the place of toNodeHandler is answered, and says so', async (_, route) => {
    const clerkSync = syncOf()
    const app = express()
    route(app, clerkSync)
    const { url } = await listen(createServer(app))
    expect(await deliver(url, BODY)).toMatchObject({ status: 500 })
    expect(clerkSync.results).toMatchObject([
      { error: { code: 'raw_body_unavailable', message: expect.stringContaining('toNodeHandler(clerkSync)') } },
    ])
    expect(clerkSync.stored()).toEqual([])
  })

  test('a body of 2 MiB', async () => {
    const { url, stored } = await serve((app, handler) => app.post(PATH, handler))
    expect(await deliver(url, ' '.repeat(2 ** 21))).toMatchObject({ status: 413, body: '{"code":"body_too_large"}' })
    expect(await deliver(url, BODY)).toMatchObject({ status: 200 })
    expect(stored()).toHaveLength(1)
  })

  test('GET', async () => {
    const { url } = await serve((app, handler) => app.all(PATH, handler))
    const response = await fetch(url)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('50 at a time', async () => {
    const { url, adapter } = await serve((app, handler) => app.post(PATH, handler))
    const bodies = Array.from({ length: 50 }, (_, n) => envelope('user.created', user({ id: `user_${n}` })))
    const answers = await Promise.all(bodies.map((body) => deliver(url, body)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(adapter.rows('users')).toHaveLength(50)
  })
})
