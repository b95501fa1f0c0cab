import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClerkSync, type RawDelivery, type RawHeaders } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { envelope, T0, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, SECRET, signatureOf, signed } from './fixtures/signing.ts'

const BODY = envelope('user.created', user())
const NOW_S = T0 / 1000

beforeEach(() => void vi.useFakeTimers({ now: T0 }))
afterEach(() => void vi.useRealTimers())

function receiver(signingSecret: string | readonly string[] = SECRET) {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret, onResult: () => {} })
  return async (headers: RawHeaders, body: RawDelivery['body'] = BODY) => {
    const result = await clerkSync.receive({ headers, body })
    if (!result.ok) expect(adapter.rows('users')).toEqual([])
    return result.ok ? result.outcome : result.error.code
  }
}

describe('published vectors', () => {
  const vectors = [
    {
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
      signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    {
      secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      id: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
      timestamp: 1649367553,
      body: '{"email":"test@example.com","username":"test_user"}',
      signature: 'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
    },
  ]
  test.each(vectors)('$id', async ({ secret, id, timestamp, body, signature }) => {
    vi.setSystemTime(timestamp * 1000)
    expect(signatureOf(body, { secret, id, timestamp })).toBe(signature)
    const headers = { 'svix-id': id, 'svix-timestamp': String(timestamp), 'svix-signature': signature }
    const receive = receiver(secret)
    // They are no Clerk events: the signature is right, and what comes after it refuses them.
    expect(await receive(headers, body)).toBe('payload_invalid')
    expect(await receive(headers, body.replace('te', 'to'))).toBe('signature_mismatch')
    expect(await receive({ ...headers, 'svix-id': `${id}x` }, body)).toBe('signature_mismatch')
  })
})

describe('headers', () => {
  const upper = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
  const mixed = (headers: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace(/^./, (c) => c.toUpperCase()), value]),
    )

  test.each([
    ['svix-*', signed(BODY, { timestamp: NOW_S })],
    ['webhook-*', signed(BODY, { timestamp: NOW_S }, 'webhook')],
    ['upper case', upper(signed(BODY, { timestamp: NOW_S }))],
    ['mixed case', mixed(signed(BODY, { timestamp: NOW_S }, 'webhook'))],
    [
      'arrays',
      Object.fromEntries(Object.entries(signed(BODY, { timestamp: NOW_S })).map(([name, value]) => [name, [value]])),
    ],
    ['Headers', new Headers(signed(BODY, { timestamp: NOW_S }))],
    ['among others that are undefined', { ...signed(BODY, { timestamp: NOW_S }), host: undefined, 'set-cookie': [] }],
  ] satisfies [string, RawHeaders][])('%s', async (_, headers) => {
    expect(await receiver()(headers)).toBe('created')
  })

  test("another implementation's Headers", async () => {
    const headers = new OtherHeaders(signed(BODY, { timestamp: NOW_S }))
    expect(headers).not.toBeInstanceOf(Headers)
    expect(await receiver()(headers)).toBe('created')
  })

  test.each(['svix-id', 'svix-timestamp', 'svix-signature'])('without %s', async (name) => {
    const headers = signed(BODY, { timestamp: NOW_S })
    const { [name]: _, ...others } = headers
    expect(await receiver()(others)).toBe('headers_missing')
    expect(await receiver()({ ...headers, [name]: '' })).toBe('headers_missing')
  })

  test('without any', async () => {
    expect(await receiver()({})).toBe('headers_missing')
    expect(await receiver()(new Headers())).toBe('headers_missing')
  })

  test('an id longer than a column holds', async () => {
    expect(await receiver()(signed(BODY, { timestamp: NOW_S, id: 'x'.repeat(256) }))).toBe('headers_missing')
    expect(await receiver()(signed(BODY, { timestamp: NOW_S, id: 'x'.repeat(255) }))).toBe('created')
  })
})

describe('several signatures in the header', () => {
  const attempt = { id: 'msg_1', timestamp: NOW_S }
  const base = { 'svix-id': 'msg_1', 'svix-timestamp': String(NOW_S) }
  const right = signatureOf(BODY, { ...attempt, secret: SECRET })
  const wrong = signatureOf(BODY, { ...attempt, secret: OTHER_SECRET })

  test.each([
    ['right first', `${right} ${wrong}`],
    ['right last', `${wrong} ${right}`],
    ['beside a version that is not known', `v2,AAAA v1a,${right.slice(3)} ${right}`],
    ['beside rubbish', `, v1 v1, ${right} =`],
    ['as two headers that a proxy joined', `${wrong}, ${right}`],
    ['the same, the right one first', `${right}, ${wrong}`],
    ['the same, without a space', `${wrong},${right}`],
    ['the same, with several', `${right},   ${wrong}`],
    ['beside one of another kind, joined', `${right},v1a,AAAA`],
  ])('%s', async (_, signature) => {
    expect(await receiver()({ ...base, 'svix-signature': signature })).toBe('created')
  })

  test('as an array', async () => {
    expect(await receiver()({ ...base, 'svix-signature': [wrong, right] })).toBe('created')
  })

  test.each([
    ['no version', right.slice(3)],
    ['an unknown version', `v2,${right.slice(3)}`],
    ['the version alone', 'v1'],
    ['an empty signature', 'v1,'],
    ['only separators', ' , , '],
    ['no base64', 'v1,%%%%'],
    ['cut short', right.slice(0, -3)],
    ['another separator', right.replace(',', ';')],
    ['of another secret', wrong],
    ['very long', `v1,${'A'.repeat(10_000)}`],
    ['not ASCII', 'v1,é'],
  ])('%s is a mismatch', async (_, signature) => {
    expect(await receiver()({ ...base, 'svix-signature': signature })).toBe('signature_mismatch')
  })
})

describe('rotation', () => {
  test('either secret of an array will do', async () => {
    for (const secret of [SECRET, OTHER_SECRET]) {
      const receive = receiver([SECRET, OTHER_SECRET])
      expect(await receive(signed(BODY, { timestamp: NOW_S, secret }))).toBe('created')
    }
  })
  test('a secret that is not in it will not', async () => {
    expect(await receiver([OTHER_SECRET])(signed(BODY, { timestamp: NOW_S }))).toBe('signature_mismatch')
  })
})

describe('time', () => {
  test.each([
    ['300 s old', NOW_S - 300, 'created'],
    ['301 s old', NOW_S - 301, 'timestamp_out_of_range'],
    ['300 s ahead', NOW_S + 300, 'created'],
    ['301 s ahead', NOW_S + 301, 'timestamp_out_of_range'],
    ['of 1970', 0, 'timestamp_out_of_range'],
    ['in milliseconds', T0, 'headers_missing'],
  ])('an attempt %s', async (_, timestamp, outcome) => {
    expect(await receiver()(signed(BODY, { timestamp }))).toBe(outcome)
  })

  test.each(['soon', '', ' ', '-1', '1e9', '0x6955b900', `${NOW_S}.5`, `${NOW_S} `, `+${NOW_S}`, 'NaN', 'Infinity'])(
    'a timestamp of "%s"',
    async (timestamp) => {
      const headers = { ...signed(BODY, { timestamp: NOW_S }), 'svix-timestamp': timestamp }
      expect(await receiver()(headers)).toBe('headers_missing')
    },
  )

  test('of another attempt at the same message', async () => {
    const headers = { ...signed(BODY, { timestamp: NOW_S }), 'svix-timestamp': String(NOW_S - 5) }
    expect(await receiver()(headers)).toBe('signature_mismatch')
  })
})

describe('the body', () => {
  test.each([
    ['tampered', BODY.replace('Ada', 'Eve')],
    ['longer by a space', `${BODY} `],
    ['without its end', BODY.slice(0, -1)],
    ['empty', ''],
    ['none', null],
    ['with a byte order mark in front', `\uFEFF${BODY}`],
    ['not UTF-8', Buffer.concat([Buffer.from(BODY), Buffer.from([0xff, 0xfe])])],
    ['cut inside a character', Buffer.from(`${BODY}é`).subarray(0, -1)],
  ])('%s is a mismatch', async (_, body) => {
    expect(await receiver()(signed(BODY, { timestamp: NOW_S }), body)).toBe('signature_mismatch')
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('that was compressed on its way, %s, is refused with a word of Content-Encoding', async (encoding, compress) => {
    const messages: string[] = []
    const clerkSync = createClerkSync({
      adapter: memoryAdapter({ users: { columns: { email: {} } } }),
      signingSecret: SECRET,
      onResult: (result) => void (result.ok || messages.push(result.error.message)),
    })
    const headers = { ...signed(BODY, { timestamp: NOW_S }), 'content-encoding': encoding }
    const result = await clerkSync.receive({ headers, body: compress(BODY) })
    expect(result.ok || result.error.code).toBe('signature_mismatch')
    expect(messages).toEqual([expect.stringMatching(/Content-Encoding/)])
  })

  test('not UTF-8 is a mismatch even when those bytes were signed', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
    expect(await receiver()(signed(body, { timestamp: NOW_S }), body)).toBe('signature_mismatch')
  })

  test('a signed byte order mark is signed, and no JSON', async () => {
    const body = `\uFEFF${BODY}`
    expect(await receiver()(signed(body, { timestamp: NOW_S }), Buffer.from(body))).toBe('payload_invalid')
  })

  // What Go's encoder writes, and what JSON.parse and JSON.stringify make of it.
  test.each([
    ['integer-like keys change places', '{"b":1,"10":2,"9":3}'],
    ['escapes are lost', '{"html":"\\u003cb\\u003e \\u0026 \\u2028"}'],
    ['escaped emoji are lost', '{"name":"\\ud83d\\ude80"}'],
    ['spaces are lost', '{"a": 1}'],
    ['numbers are written anew', '{"a":1.0,"b":1e3}'],
    ['repeated keys are merged', '{"a":1,"a":2}'],
  ])('re-stringified by a parser is a mismatch: %s', async (_, metadata) => {
    const body = BODY.replace('"public_metadata":{}', `"public_metadata":${metadata}`)
    expect(body).not.toBe(BODY)
    const headers = signed(body, { timestamp: NOW_S })
    expect(await receiver()(headers, JSON.stringify(JSON.parse(body)))).toBe('signature_mismatch')
    expect(await receiver()(headers, body)).toBe('created')
  })

  test.each([
    ['text', (text: string) => text],
    ['a Buffer', (text: string) => Buffer.from(text)],
    ['a Uint8Array', (text: string) => new TextEncoder().encode(text)],
    ['a part of a larger buffer', (text: string) => Buffer.from(`xx${text}xx`).subarray(2, -2)],
    ['an ArrayBuffer', (text: string) => new TextEncoder().encode(text).buffer],
    ['a ReadableStream', (text: string) => new Blob([text]).stream()],
    ['single bytes, characters cut in between', (text: string) => bytesOf(text)],
    ['pieces of text', (text: string) => piecesOf(text)],
  ])('as %s', async (_, as) => {
    const body = envelope('user.created', user({ first_name: '🚀 Żółć', public_metadata: { note: '\u2028<>&' } }))
    expect(await receiver()(signed(body, { timestamp: NOW_S }), as(body))).toBe('created')
  })
})

/** As undici, node-fetch and test environments have one: a Headers that is not the global one. */
class OtherHeaders implements Headers {
  readonly #headers: Headers
  constructor(init: Record<string, string>) {
    this.#headers = new Headers(init)
  }
  append = (name: string, value: string) => this.#headers.append(name, value)
  delete = (name: string) => this.#headers.delete(name)
  get = (name: string) => this.#headers.get(name)
  getSetCookie = () => this.#headers.getSetCookie()
  has = (name: string) => this.#headers.has(name)
  set = (name: string, value: string) => this.#headers.set(name, value)
  forEach: Headers['forEach'] = (run) => this.#headers.forEach(run)
  keys = () => this.#headers.keys()
  values = () => this.#headers.values()
  entries = () => this.#headers.entries();
  [Symbol.iterator] = () => this.#headers[Symbol.iterator]()
}

async function* bytesOf(text: string) {
  for (const byte of Buffer.from(text)) yield Uint8Array.of(byte)
}

async function* piecesOf(text: string) {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7)
}
