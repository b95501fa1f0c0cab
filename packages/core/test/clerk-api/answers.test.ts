// What is believed of an answer, what is asked again, and how long: a run that believes a proxy deletes the wrong rows.
import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { resolveApi } from '../../src/clerk-api/api-options.ts'
import { createClerkApi } from '../../src/clerk-api/clerk-api.ts'
import { failsWith } from './setting.ts'

const never = new AbortController().signal

/** A server that answers with each of these in turn, and with the last one for ever. */
async function api(answers: readonly RequestListener[], limits: object = {}, signal?: AbortSignal) {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => void vi.restoreAllMocks())
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`)
    const answer = answers[Math.min(asked.length, answers.length) - 1] as RequestListener
    answer(request, response)
  }).listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  const apiUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  const resolved = resolveApi('test', {
    secretKey: 'sk_test_1',
    apiUrl,
    limits: { requestsPer10s: 1_000_000, ...limits },
    ...(signal && { signal }),
  })
  return { asked, clerk: createClerkApi(resolved, never) }
}

const JSON_TYPE = 'application/json'
const says =
  (status: number, body: string, headers: Record<string, string | number> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': JSON_TYPE, ...headers }).end(body)
const error = (status: number, code: unknown, headers = {}) =>
  says(status, JSON.stringify({ errors: [{ code }] }), headers)
const page = (status: number) => says(status, '<html>', { 'content-type': 'text/html' })
const ok = says(200, '{"id":"user_1"}')
const hangsUp = (_: unknown, response: ServerResponse) => response.destroy()
const cut = (_: unknown, response: ServerResponse) => {
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': 1000 })
  response.write('{"id":', () => response.destroy())
}

test('a request has the key, and each value of a list is a parameter', async () => {
  const { asked, clerk } = await api([ok])
  expect(await clerk.get('/users', { limit: 2, user_id: ['user_1', 'user_2'], offset: 0 })).toMatchObject({
    status: 200,
    body: { id: 'user_1' },
    errorCode: undefined,
  })
  expect(asked).toEqual(['Bearer sk_test_1 /v1/users?limit=2&user_id=user_1&user_id=user_2&offset=0'])
  expect(clerk.requests).toBe(1)
})

describe('an answer is Clerk’s own', () => {
  test.each<[what: string, answer: RequestListener, expected: object]>([
    ['200 with an object', ok, { status: 200, errorCode: undefined }],
    ['200 with a list', says(200, '[]'), { status: 200, body: [] }],
    [
      '200 whose type has a charset',
      says(200, '{}', { 'content-type': 'Application/JSON; charset=utf-8' }),
      { body: {} },
    ],
    ['404 with a code', error(404, 'resource_not_found'), { status: 404, errorCode: 'resource_not_found' }],
    ['400 with a code', error(400, 'bad'), { status: 400, errorCode: 'bad' }],
    ['499 with a code', error(499, 'bad'), { status: 499, errorCode: 'bad' }],
    ['200 with what looks like an error', error(200, 'bad'), { status: 200, errorCode: undefined }],
  ])('%s', async (_, answer, expected) => {
    const { asked, clerk } = await api([answer])
    expect(await clerk.get('/users')).toMatchObject(expected)
    expect(asked).toHaveLength(1)
  })
})

describe('is asked again, and believed then', () => {
  test.each<[what: string, answer: RequestListener]>([
    ['a page with 200', page(200)],
    ['a page with 404', page(404)],
    ['a page with 502', page(502)],
    ["a firewall's page with 401", page(401)],
    ["a firewall's page with 403", page(403)],
    ['JSON with 401 and no code', says(401, '{}')],
    ['JSON that has another type', says(200, '{"id":"user_1"}', { 'content-type': 'text/plain' })],
    ['JSON whose type begins alike', says(200, '{}', { 'content-type': 'application/jsonp' })],
    ['a type that has it further on', says(200, '{}', { 'content-type': 'text/application/json' })],
    ['JSON without a type', (_, response) => response.end('{"id":"user_1"}')],
    ['broken JSON', says(200, '{"id":')],
    ['a text in JSON', says(200, '"user_1"')],
    ['null in JSON', says(200, 'null')],
    ['404 without a code', says(404, '{"error":"not found"}')],
    ['404 with a code that is no text', error(404, 5)],
    ['500 with a code', error(500, 'internal')],
    ['204 with JSON', says(204, '')],
    ['201 with JSON', says(201, '{}')],
    ['a redirect', says(302, '{}', { location: '/elsewhere' })],
    ['a connection that ends', hangsUp],
    ['a body that ends too early', cut],
  ])('%s', async (_, answer) => {
    const { asked, clerk } = await api([answer, ok])
    expect(await clerk.get('/users')).toMatchObject({ body: { id: 'user_1' } })
    expect(asked).toHaveLength(2)
  })
})

describe('a refused key is not asked again', () => {
  test.each([
    [401, /missing, revoked/],
    [403, /no right to read/],
  ])('%i', async (status, message) => {
    const { asked, clerk } = await api([error(status, 'authorization_invalid')])
    await expect(clerk.get('/users')).rejects.toEqual(failsWith('config_invalid', message))
    expect(asked).toHaveLength(1)
  })
})

describe('gives up', () => {
  test.each<[what: string, answer: RequestListener, retries: number, requests: number, message: RegExp]>([
    [
      'after all retries, where it is an error',
      error(500, 'internal'),
      5,
      6,
      /answered 500 when .users was read, 6 times.*status\.clerk/,
    ],
    [
      'after few, where it is a page in place of an answer',
      page(200),
      5,
      4,
      /answered 200 with what is not JSON.*, 4 times.*proxy/,
    ],
    ['after few, where it is the page of a firewall', page(403), 5, 4, /4 times.*proxy/],
    ['after all, where it is the page of an error', page(502), 5, 6, /6 times.*status\.clerk/],
    [
      'after all, where it is JSON with a status of its own',
      says(201, '{}'),
      5,
      6,
      /answered 201 when .*6 times.*status\.clerk/,
    ],
    ['after fewer, where fewer are allowed', page(200), 1, 2, /2 times/],
    ['at once, where none is allowed', error(500, 'internal'), 0, 1, /was read, once\./],
    ['where nobody answers', hangsUp, 1, 2, /did not answer when .* 2 times/],
  ])('%s', async (_, answer, retries, requests, message) => {
    const { asked, clerk } = await api([answer], { retries })
    await expect(clerk.get('/users')).rejects.toEqual(failsWith('clerk_unavailable', message))
    expect(asked).toHaveLength(requests)
    expect(clerk.requests).toBe(requests)
  })

  test('on an answer that says that it is larger than any, and does not ask again', async () => {
    const large =
      (length: number): RequestListener =>
      (_, response) => {
        response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': length })
        response.flushHeaders()
      }
    const { asked, clerk } = await api([large(64 * 1024 * 1024 + 1)], { timeoutMs: 5000 })
    await expect(clerk.get('/users')).rejects.toEqual(failsWith('clerk_unavailable', /larger than any of Clerk's/))
    expect(asked).toHaveLength(1)
    const whole = await api([large(64 * 1024 * 1024)], { timeoutMs: 200, retries: 0 })
    await expect(whole.clerk.get('/users')).rejects.toEqual(
      failsWith('clerk_unavailable', /did not answer within 200 ms/),
    )
  })

  test('with the reason of the caller, and does not ask again', async () => {
    const controller = new AbortController()
    const { asked, clerk } = await api([() => controller.abort(new Error('enough'))], {}, controller.signal)
    await expect(clerk.get('/users')).rejects.toThrow('enough')
    expect(asked).toHaveLength(1)
    await expect(clerk.get('/users')).rejects.toThrow('enough')
    expect(asked).toHaveLength(1)
  })
})

describe('429', () => {
  const limited = (retryAfter?: string) =>
    error(429, 'too_many', retryAfter === undefined ? {} : { 'retry-after': retryAfter })

  test.each([
    ['2', 2],
    [undefined, 1],
    ['0', 1],
    ['-5', 1],
    ['soon', 1],
  ])('with retry-after %s asks for %i s', async (retryAfter, seconds) => {
    const { asked, clerk } = await api([limited(retryAfter), ok], { maxWaitMs: seconds * 1000 - 1 })
    await expect(clerk.get('/users')).rejects.toEqual(
      failsWith('clerk_unavailable', new RegExp(`asks to wait for ${seconds} s: longer than limits.maxWaitMs`)),
    )
    expect(asked).toHaveLength(1)
  })

  test('holds back all requests, and not one alone', async () => {
    const { clerk } = await api([limited('1'), ok], { maxWaitMs: 0 })
    const began = performance.now()
    await expect(clerk.get('/users')).rejects.toEqual(failsWith('clerk_unavailable', /429/))
    expect(await clerk.get('/organizations')).toMatchObject({ status: 200 })
    expect(performance.now() - began).toBeGreaterThanOrEqual(990)
  })

  test('that asks for more than a timer can wait is waited for as long as one can', async () => {
    const { clerk } = await api([limited('9999999')], { maxWaitMs: 2 ** 31 - 1 - 60_001 })
    await expect(clerk.get('/users')).rejects.toEqual(failsWith('clerk_unavailable', /asks to wait for 2147423\.647 s/))
  })
})
