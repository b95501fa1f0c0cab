// What a body must be to be read at all: its size to the byte, its encoding to the last one.
import { describe, expect, test } from 'vitest'
import { lostBody, type RawDelivery } from '../src/delivery/raw-delivery.ts'
import { readBody, readHeaders } from '../src/delivery/read-request.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user({ first_name: 'Zoë 🦊' }))
const BYTES = new TextEncoder().encode(BODY)

function streamOf(bytes: Uint8Array, chunk = 7): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += chunk) controller.enqueue(bytes.slice(at, at + chunk))
      controller.close()
    },
  })
}

const forms: readonly [string, (bytes: Uint8Array) => RawDelivery['body']][] = [
  ['text', (bytes) => new TextDecoder().decode(bytes)],
  ['bytes', (bytes) => bytes],
  ['an ArrayBuffer', (bytes) => Uint8Array.from(bytes).buffer],
  ['a stream', (bytes) => streamOf(bytes)],
]

async function codeOf(delivery: RawDelivery, maxBodyBytes = 1_048_576): Promise<string> {
  const result = await syncOf({ maxBodyBytes }).receive(delivery)
  return result.ok ? result.outcome : result.error.code
}

describe.for(forms)('as %s', ([, bodyOf]) => {
  const headers = signed(BODY)

  test('a body of as many bytes as are allowed is read, and one of a byte more is not', async () => {
    expect(await codeOf({ headers, body: bodyOf(BYTES) }, BYTES.length)).toBe('created')
    expect(await codeOf({ headers, body: bodyOf(BYTES) }, BYTES.length - 1)).toBe('body_too_large')
  })

  test('so it is where a header says how long it is', async () => {
    const withLength = { ...headers, 'content-length': String(BYTES.length) }
    expect(await codeOf({ headers: withLength, body: bodyOf(BYTES) }, BYTES.length)).toBe('created')
    expect(await codeOf({ headers: withLength, body: bodyOf(BYTES) }, BYTES.length - 1)).toBe('body_too_large')
  })
})

test.for(forms.slice(1))('as %s that ends inside of a character, it is not what was signed', async ([, bodyOf]) => {
  const broken = Uint8Array.from([...BYTES, 0xe2])
  const result = await syncOf().receive({ headers: signed(BODY), body: bodyOf(broken) })
  expect(result).toMatchObject({ ok: false, error: { code: 'signature_mismatch', cause: expect.any(TypeError) } })
})

test.for(forms)('as %s, a byte order mark is a part of what is signed', async ([name, bodyOf]) => {
  // Decoding the bytes for the text would take it away.
  const body = name === 'text' ? `\uFEFF${BODY}` : bodyOf(new TextEncoder().encode(`\uFEFF${BODY}`))
  expect(await codeOf({ headers: signed(BODY), body })).toBe('signature_mismatch')
  const again = name === 'text' ? body : bodyOf(new TextEncoder().encode(`\uFEFF${BODY}`))
  expect(await codeOf({ headers: signed(`\uFEFF${BODY}`), body: again })).toBe('payload_invalid')
})

test('a stream that breaks off is raw_body_unavailable, and its error the cause', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error('the connection was reset')),
  })
  expect(await syncOf().receive({ headers: signed(BODY), body })).toMatchObject({
    error: { code: 'raw_body_unavailable', cause: { message: 'the connection was reset' } },
  })
})

test('what a parser has made of the body is raw_body_unavailable', async () => {
  const parsed: unknown = JSON.parse(BODY)
  const delivery = { headers: signed(BODY), body: parsed } as RawDelivery
  expect(await syncOf().receive(delivery)).toMatchObject({
    error: { code: 'raw_body_unavailable', message: expect.stringMatching(/a parser ran before/) },
  })
})

test('a header that is null or undefined is not there', async () => {
  for (const value of [null, undefined]) {
    const headers = { ...signed(BODY), 'svix-id': value } as RawDelivery['headers']
    expect(await codeOf({ headers, body: BODY })).toBe('headers_missing')
  }
})

test('a header may be called entries', async () => {
  expect(await codeOf({ headers: { ...signed(BODY), entries: '3' }, body: BODY })).toBe('created')
})

test.for([
  [-400, 'before'],
  [400, 'after'],
] as const)('an attempt dated %i s from now is refused, and the message says on which side', async ([offset, side]) => {
  const headers = signed(BODY, { timestamp: Math.floor(Date.now() / 1000) + offset })
  expect(await syncOf().receive({ headers, body: BODY })).toMatchObject({
    error: { code: 'timestamp_out_of_range', message: expect.stringMatching(new RegExp(`\\d s ${side} now`)) },
  })
})

describe('handed over without types', () => {
  const untyped = (headers: unknown, body: unknown = BODY) => codeOf({ headers, body } as RawDelivery)
  const entries = Object.entries(signed(BODY))

  test.each([
    ['pairs', entries],
    ["Node's rawHeaders", entries.flat()],
    ['a Map', new Map(entries)],
    ['an object without a prototype', Object.assign(Object.create(null), Object.fromEntries(entries))],
  ])('headers as %s are read', async (_, headers) => {
    expect(await untyped(headers)).toBe('created')
  })

  test.each([null, undefined, 'svix-id: msg_1', 7, [], ['svix-id']])(
    'headers that are %j are missing',
    async (headers) => {
      expect(await untyped(headers)).toBe('headers_missing')
    },
  )

  test.each([7, true, { data: {} }])('a body that is %j was read by a parser', async (body) => {
    expect(await untyped(Object.fromEntries(entries), body)).toBe('raw_body_unavailable')
  })
})

describe('headers', () => {
  const read = (headers: unknown, method?: string) =>
    Object.fromEntries(readHeaders({ headers, method, body: '' } as RawDelivery, 100))

  test('have names in lower case, and values as texts: what is no text of its own is none', () => {
    const given = { A: 'x', b: 7, c: true, d: null, e: undefined, f: ['x', 7, null], g: {}, h: Buffer.from('y') }
    expect(read(given)).toEqual({ a: 'x', b: '7', c: 'true', f: 'x 7 ', g: '', h: 'y' })
    const hostile = Object.create(null)
    expect(read(new Map<unknown, unknown>([[7, hostile]]))).toEqual({ 7: '' })
  })

  test('as a flat list are pairs, to the last', () => {
    expect(read(['A', 'x', 'B', 'y'])).toEqual({ a: 'x', b: 'y' })
    expect(read(['A', 'x', 'B'])).toEqual({ a: 'x' })
    expect(
      read([
        ['A', 'x'],
        ['B', 'y'],
      ]),
    ).toEqual({ a: 'x', b: 'y' })
  })

  test('that are none are none', () => {
    for (const none of [undefined, null, 'a: x', 7, []]) expect(read(none)).toEqual({})
  })

  test('of another method are not read', () => {
    for (const method of [undefined, 'POST']) expect(read({ a: 'x' }, method)).toEqual({ a: 'x' })
    for (const method of ['GET', 'post', '']) {
      expect(() => read({ a: 'x' }, method)).toThrow(
        expect.objectContaining({
          code: 'method_not_allowed',
          message: expect.stringContaining(`this was ${method}.`),
        }),
      )
    }
  })

  test('say how long the body is, or not', () => {
    for (const fits of ['100', '0', '', 'long', undefined]) expect(() => read({ 'content-length': fits })).not.toThrow()
    for (const exceeds of ['101', 101, '1e9']) {
      expect(() => read({ 'Content-Length': exceeds })).toThrow(expect.objectContaining({ code: 'body_too_large' }))
    }
  })
})

describe("a framework's request", () => {
  const request = (body: unknown) => readBody({ httpVersion: '1.1', headers: {}, body } as never, 100)

  test('has its body where it is looked for only as text or bytes', async () => {
    expect(await request('text')).toBe('text')
    expect(await request(Buffer.from('bytes'))).toBe('bytes')
    for (const body of [undefined, null, { parsed: true }, streamOf(BYTES)]) {
      await expect(request(body)).rejects.toMatchObject({
        code: 'raw_body_unavailable',
        message: expect.stringMatching(/^This is the request of a framework/),
      })
    }
  })
})

test('a stream of texts is counted in bytes', async () => {
  const texts = async function* () {
    for (let piece = 0; piece < 3; piece++) yield 'é'
  }
  const read = (most: number) => readBody({ headers: {}, body: texts() }, most)
  expect(await read(6)).toBe('ééé')
  await expect(read(5)).rejects.toMatchObject({ code: 'body_too_large' })
})

test('a body that was lost says how, in its own words', async () => {
  const lost = readBody({ headers: {}, body: lostBody('A parser has read it.') }, 100)
  await expect(lost).rejects.toMatchObject({ code: 'raw_body_unavailable', message: 'A parser has read it.' })
})
