import { afterEach, describe, expect, test, vi } from 'vitest'
import { ClerkSyncError, type DeliveryResult, toFetchHandler } from '../src/index.ts'
import { deleted, envelope, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, requestFor, signed } from './fixtures/signing.ts'
import { answerOf, send, syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user())
const URL_OF_ROUTE = 'https://example.com/api/webhooks/clerk'

afterEach(() => void vi.restoreAllMocks())

/** What must never reach a sender: names of the store, of columns, of people, of code. */
const INTERNALS = /memory|column|sqlite|error|stack|at |\.ts|user_|ada|secret|whsec|hook threw/i

describe('answers with 200 and the outcome', () => {
  const outcomes: [string, string[], string][] = [
    ['created', [BODY], 'created'],
    ['updated', [BODY, envelope('user.updated', user({ updated_at: user().updated_at + 1 }))], 'updated'],
    ['deleted', [BODY, envelope('user.deleted', deleted('user_1'))], 'deleted'],
    ['stale', [envelope('user.updated', user({ updated_at: user().updated_at + 1 })), BODY], 'stale'],
    ['already deleted', [envelope('user.deleted', deleted('user_1')), BODY], 'already_deleted'],
    ['ignored, without a table or a hook', [envelope('sms.created', { id: 'sms_1' })], 'ignored'],
    ['ignored, of a type that Clerk adds tomorrow', [envelope('user.merged', { id: 'user_1' })], 'ignored'],
  ]
  test.each(outcomes)('%s', async (_, bodies, outcome) => {
    const clerkSync = syncOf()
    let answer: unknown
    for (const body of bodies) answer = await send(clerkSync, body)
    expect(answer).toEqual({
      status: 200,
      body: JSON.stringify({ outcome }),
      headers: { 'content-type': 'application/json' },
    })
    expect(clerkSync.results.at(-1)).toMatchObject({ ok: true, status: 200, outcome })
  })

  test('duplicate', async () => {
    const clerkSync = syncOf({ on: { 'user.created': () => {} } })
    expect(await send(clerkSync, BODY, 'msg_1')).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
    expect(await send(clerkSync, BODY, 'msg_1')).toMatchObject({ status: 200, body: '{"outcome":"duplicate"}' })
  })
})

describe('refuses with the status of the table and the code alone', () => {
  const post = (body: string, headers: Record<string, string>) =>
    new Request(URL_OF_ROUTE, { method: 'POST', body, headers })
  const minutesAgo = (minutes: number) => ({ timestamp: Math.floor(Date.now() / 1000) - minutes * 60 })

  const refusals: [string, () => Request, number, string][] = [
    ['GET', () => new Request(URL_OF_ROUTE), 405, 'method_not_allowed'],
    ['HEAD', () => new Request(URL_OF_ROUTE, { method: 'HEAD' }), 405, 'method_not_allowed'],
    ['OPTIONS', () => new Request(URL_OF_ROUTE, { method: 'OPTIONS' }), 405, 'method_not_allowed'],
    ['a signed PUT', () => new Request(requestFor(BODY), { method: 'PUT' }), 405, 'method_not_allowed'],
    ['2 MiB', () => requestFor(' '.repeat(2 ** 21)), 413, 'body_too_large'],
    ['no headers', () => post(BODY, {}), 400, 'headers_missing'],
    ['no body and no headers', () => new Request(URL_OF_ROUTE, { method: 'POST' }), 400, 'headers_missing'],
    ['no body', () => new Request(URL_OF_ROUTE, { method: 'POST', headers: signed(BODY) }), 400, 'signature_mismatch'],
    ['another secret', () => requestFor(BODY, { secret: OTHER_SECRET }), 400, 'signature_mismatch'],
    ['another body', () => post(BODY.replace('Ada', 'Eve'), signed(BODY)), 400, 'signature_mismatch'],
    ['an old attempt', () => requestFor(BODY, minutesAgo(6)), 400, 'timestamp_out_of_range'],
    ['a future attempt', () => requestFor(BODY, minutesAgo(-6)), 400, 'timestamp_out_of_range'],
    ['signed rubbish', () => requestFor('hello'), 422, 'payload_invalid'],
    ['signed JSON that is no event', () => requestFor('{"test": 2432232314}'), 422, 'payload_invalid'],
    [
      'another instance',
      () => requestFor(envelope('user.created', user(), { instance_id: 'ins_2' })),
      422,
      'instance_mismatch',
    ],
  ]
  test.each(refusals)('%s', async (_, request, status, code) => {
    const clerkSync = syncOf({ instanceId: 'ins_1', on: { 'user.created': () => {} } })
    const answer = await answerOf(await clerkSync.handler(request()))
    expect(answer).toEqual({
      status,
      body: JSON.stringify({ code }),
      headers: { 'content-type': 'application/json', ...(status === 405 && { allow: 'POST' }) },
    })
    expect(clerkSync.stored()).toEqual([])
    // The operator gets more than the sender.
    expect(clerkSync.results).toMatchObject([{ ok: false, status, error: { code, name: 'ClerkSyncError' } }])
    expect(clerkSync.results.map((result) => !result.ok && result.error.message.length > 30)).toEqual([true])
  })

  test('a body that was read before', async () => {
    const clerkSync = syncOf()
    const request = requestFor(BODY)
    await request.json()
    expect(await answerOf(await clerkSync.handler(request))).toMatchObject({
      status: 500,
      body: '{"code":"raw_body_unavailable"}',
    })
    expect(clerkSync.results).toMatchObject([{ error: { message: expect.stringContaining('request.clone()') } }])
    expect(clerkSync.stored()).toEqual([])
  })

  test('a body that somebody else is reading', async () => {
    const clerkSync = syncOf()
    const request = requestFor(BODY)
    const reader = request.body?.getReader()
    expect(await answerOf(await clerkSync.handler(request))).toMatchObject({
      status: 500,
      body: '{"code":"raw_body_unavailable"}',
    })
    expect(reader).toBeDefined()
    expect(clerkSync.stored()).toEqual([])
  })

  test('a body that breaks off', async () => {
    const clerkSync = syncOf()
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('socket hang up')),
    })
    const request = new Request(URL_OF_ROUTE, { method: 'POST', body, headers: signed(BODY), duplex: 'half' })
    expect(await answerOf(await clerkSync.handler(request))).toMatchObject({
      status: 500,
      body: '{"code":"raw_body_unavailable"}',
    })
    expect(clerkSync.stored()).toEqual([])
  })

  test('a hook that throws', async () => {
    const cause = new Error('relation "workspaces" does not exist: ada@example.com')
    const clerkSync = syncOf({
      on: {
        'user.created': () => {
          throw cause
        },
      },
    })
    expect(await send(clerkSync, BODY)).toMatchObject({ status: 500, body: '{"code":"hook_failed"}' })
    expect(clerkSync.results).toMatchObject([{ ok: false, error: { code: 'hook_failed', retryable: true, cause } }])
    expect(clerkSync.stored()).toEqual([])
  })

  test.each([
    ['away', 'ECONNREFUSED', 'store_failed'],
    ['refusing a value that another row has', '23505', 'unique_conflict'],
    ['missing the row that is referred to', 'ER_NO_REFERENCED_ROW_2', 'reference_missing'],
    ['refusing a value that is too long', '22001', 'value_refused'],
    ['refusing for a reason of its own', '42P01', 'store_failed'],
  ])('a database that is %s', async (_, databaseCode, code) => {
    const cause = Object.assign(new Error('connect 10.0.0.1:5432 ada@example.com'), { code: databaseCode })
    const clerkSync = syncOf({}, { call: () => Promise.reject(cause) })
    expect(await send(clerkSync, BODY)).toMatchObject({ status: 503, body: JSON.stringify({ code }) })
    expect(clerkSync.results).toMatchObject([{ ok: false, error: { code, retryable: true, cause } }])
    expect(clerkSync.stored()).toEqual([])
  })
})

test('no answer tells of the inside', async () => {
  const clerkSync = syncOf({}, { call: () => Promise.reject(new Error('sqlite: no column user.ada')) })
  const bodies = [
    await send(clerkSync, BODY),
    await send(clerkSync, 'rubbish'),
    await send(clerkSync, envelope('user.created', { id: 5 })),
    await answerOf(await clerkSync.handler(requestFor(BODY, { secret: OTHER_SECRET }))),
  ].map(({ body }) => body)
  for (const body of bodies) {
    expect(Object.keys(JSON.parse(body))).toEqual(['code'])
    expect(JSON.parse(body).code).toMatch(/^[a-z_]+$/)
    expect(body).not.toMatch(INTERNALS)
  }
})

describe('a large body', () => {
  /** A stream that counts what is asked of it. */
  function endless(chunk = new Uint8Array(65_536)) {
    const seen = { pulled: 0, cancelled: false }
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: (controller) => {
          seen.pulled += chunk.byteLength
          controller.enqueue(chunk)
        },
        cancel: () => {
          seen.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return { body, seen }
  }

  test('is refused by its content-length, and nothing of it is read', async () => {
    const { body, seen } = endless()
    const headers = { ...signed(''), 'content-length': String(2 ** 20 + 1) }
    const clerkSync = syncOf()
    const result = await clerkSync.receive({ method: 'POST', headers, body })
    expect(result).toMatchObject({ ok: false, status: 413, error: { code: 'body_too_large' } })
    expect(seen.pulled).toBe(0)
  })

  test('is refused at the limit where it does not say how long it is, or lies', async () => {
    for (const length of [undefined, '5', 'x']) {
      const { body, seen } = endless()
      const result = await syncOf().receive({ headers: { ...signed(''), 'content-length': length }, body })
      expect(result).toMatchObject({ ok: false, status: 413 })
      expect(seen.pulled).toBe(2 ** 20 + 65_536)
      expect(seen.cancelled).toBe(true)
    }
  })

  test('through handler', async () => {
    const { body, seen } = endless()
    const request = new Request(URL_OF_ROUTE, { method: 'POST', body, headers: signed(''), duplex: 'half' })
    expect((await syncOf().handler(request)).status).toBe(413)
    // The rest is read and dropped, so that the host can send the answer, and a sender without an end is cut off.
    await vi.waitFor(() => expect(seen.cancelled).toBe(true))
    expect(seen.pulled).toBeLessThanOrEqual(17 * 2 ** 20 + 3 * 65_536)
  })

  test('is measured in bytes, to the byte, in every form', async () => {
    const forms = [
      (text: string) => text,
      (text: string) => Buffer.from(text),
      (text: string) => new TextEncoder().encode(text).buffer,
      (text: string) => new Blob([text]).stream(),
      async function* (text: string) {
        yield text
      },
    ]
    for (const form of forms) {
      for (const text of ['x'.repeat(12), 'é'.repeat(6), '€'.repeat(4), '🚀'.repeat(3)]) {
        const codes: unknown[] = []
        for (const maxBodyBytes of [11, 12]) {
          const { receive } = syncOf({ maxBodyBytes })
          const result = await receive({ headers: signed(text), body: form(text) })
          codes.push(!result.ok && result.error.code)
        }
        expect(codes).toEqual(['body_too_large', 'payload_invalid'])
      }
    }
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a limit of %s is refused at creation',
    (maxBodyBytes) => {
      expect(() => syncOf({ maxBodyBytes })).toThrow(/maxBodyBytes/)
    },
  )
})

describe('onResult', () => {
  test('that throws changes no answer', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const onResult = () => {
      throw new Error('observer')
    }
    expect(await send(syncOf({ onResult }), BODY)).toMatchObject({ status: 200 })
    expect(await send(syncOf({ onResult }), 'rubbish')).toMatchObject({ status: 422 })
    expect(error).toHaveBeenCalledTimes(2)
  })

  test('that rejects neither changes an answer nor ends the process', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const observer = new Error('observer')
    expect(await send(syncOf({ onResult: async () => Promise.reject(observer) }), BODY)).toMatchObject({ status: 200 })
    await vi.waitFor(() => expect(error).toHaveBeenCalledWith(expect.any(String), observer))
  })

  test('is called once for each delivery, before the answer', async () => {
    const onResult = vi.fn()
    const clerkSync = syncOf({ onResult })
    await clerkSync.handler(requestFor(BODY))
    expect(onResult).toHaveBeenCalledTimes(1)
    await clerkSync.handler(new Request(URL_OF_ROUTE))
    expect(onResult).toHaveBeenCalledTimes(2)
    expect(onResult.mock.calls[0]?.[0]).toMatchObject({
      ok: true,
      event: { type: 'user.created', id: expect.any(String) },
    })
    expect(onResult.mock.calls[1]?.[0]).toMatchObject({ ok: false, event: undefined })
  })
})

describe('a host that does not speak Request', () => {
  type Handler = (request: object, response?: object) => Promise<Response>
  /** The handler, and the headers that its `receive` was given. */
  function own(result?: DeliveryResult) {
    const headers: unknown[] = []
    const { receive } = syncOf()
    const handler = toFetchHandler({
      receive: async (delivery) => {
        headers.push(delivery.headers)
        return result ?? receive(delivery)
      },
    })
    return { headers, handler: handler as Handler }
  }

  test.each<[given: unknown, understood: object]>([
    [{ host: 'x' }, { host: 'x' }],
    [undefined, {}],
    [null, {}],
    ['host: x', {}],
  ])('and has its headers in %o hears of it', async (given, understood) => {
    const { headers, handler } = own()
    await expect(handler({ method: 'POST', headers: given })).rejects.toSatisfy(ClerkSyncError.is)
    expect(headers).toEqual([understood])
  })

  test('hears of it also where a receive of its own says that all is well', async () => {
    const { handler } = own({ ok: true, status: 200, outcome: 'created' } as never)
    await expect(handler({ method: 'POST', headers: {} })).rejects.toThrow(/toNodeHandler\(clerkSync\)/)
  })

  test('has its answer where it gave a response of its own, and what it calls is what it gets', async () => {
    const answered: unknown[] = []
    const response = {
      writeHead: (...head: unknown[]) => ({ end: (body: string) => void answered.push(...head, body) }),
    }
    const returned = await own().handler({ method: 'POST', headers: signed(BODY) }, response)
    const body = '{"code":"raw_body_unavailable"}'
    expect(answered).toEqual([500, { 'content-type': 'application/json' }, body])
    expect(await answerOf(returned)).toMatchObject({ status: 500, body })
  })
})
