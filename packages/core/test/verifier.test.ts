import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Signed, type Verifier, verifierOf } from '../src/delivery/verifier.ts'
import { OTHER_SECRET, SECRET, signatureOf } from './fixtures/signing.ts'

const NOW_S = 1_795_000_000

beforeEach(() => void vi.useFakeTimers({ now: NOW_S * 1000 }))
afterEach(() => void vi.useRealTimers())

const byNode = verifierOf(SECRET)
/** As where there is no node:crypto. */
const bySvix = withoutNode(() => verifierOf(SECRET))

const ATTEMPT = { id: 'msg_1', timestamp: NOW_S, secret: SECRET }
const BODY = '{"data":{"name":"Zoë \u003c 😀"}}'

test.each<[string, Verifier]>([
  ['node:crypto', byNode],
  ['svix', bySvix],
])('%s takes a right signature among others, and no other', (_, isSigned) => {
  const right = signatureOf(BODY, ATTEMPT)
  const signed = { id: ATTEMPT.id, timestamp: String(NOW_S), body: BODY }
  expect(isSigned({ ...signed, signature: right })).toBe(true)
  expect(isSigned({ ...signed, signature: `v1,AAAA ${right}` })).toBe(true)
  for (const signature of [
    signatureOf(BODY, { ...ATTEMPT, secret: OTHER_SECRET }),
    right.replace('v1,', 'v2,'),
    right.slice(0, -1),
    `${right}=`,
    right.slice('v1,'.length),
    'v1,',
    'v1',
    ' ',
    // The same bytes, in another alphabet and without its end.
    `v1,${Buffer.from(right.slice(3), 'base64').toString('base64url')}`,
  ]) {
    expect(isSigned({ ...signed, signature }), signature).toBe(false)
  }
  expect(isSigned({ ...signed, signature: right, body: `${BODY} ` })).toBe(false)
  expect(isSigned({ ...signed, signature: right, timestamp: String(NOW_S + 1) })).toBe(false)
})

test('node:crypto and svix agree on whatever comes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const part = fc.oneof(
    fc.constantFrom('v1,', 'v1a,', 'v2,', ',', ' ', '=', 'right', 'right ', 'v1,right'),
    fc.base64String(),
    fc.string(),
  )
  const header = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
  const timestamp = fc.integer({ min: NOW_S - 300, max: NOW_S + 300 }).chain((s) => fc.constantFrom(`${s}`, `00${s}`))
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), timestamp, header, text, (id, at, parts, body) => {
      const digest = signatureOf(body, { id, timestamp: Number(at), secret: SECRET }).slice('v1,'.length)
      const signed: Signed = { id, timestamp: at, signature: parts.replaceAll('right', digest) || 'x', body }
      expect(byNode(signed)).toBe(bySvix(signed))
    }),
    { numRuns: 500 },
  )
})

test('a key of any length, as both read it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (key) => {
      const secret = `whsec_${Buffer.from(key).toString('base64')}`
      const signature = `v1,${createHmac('sha256', key).update(`msg_1.${NOW_S}.${BODY}`).digest('base64')}`
      const signed = { id: 'msg_1', timestamp: String(NOW_S), signature, body: BODY }
      expect([verifierOf(secret)(signed), withoutNode(() => verifierOf(secret))(signed)]).toEqual([true, true])
    }),
  )
})

function withoutNode<T>(make: () => T): T {
  const real = process.getBuiltinModule
  Reflect.set(process, 'getBuiltinModule', undefined)
  try {
    return make()
  } finally {
    process.getBuiltinModule = real
  }
}
