import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storable, storablePayload } from '../src/mapping/storable.ts'

/** Depth counted without recursion. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value]
  for (let depth = 0; ; depth++) {
    const inside = level
      .filter((one) => typeof one === 'object' && one !== null)
      .flatMap((one) => Object.values(one as object))
    const isContainer = level.some((one) => typeof one === 'object' && one !== null)
    if (!isContainer) return depth
    level = inside
  }
}

const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\0', '\uD83E', '\uDD8A', '🦊'), fc.string({ unit: 'binary', maxLength: 1 })),
})
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), tie('value')),
  ),
})).value

describe('what is stored for any JSON', () => {
  test('has neither NUL nor half a surrogate pair, in texts or keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = JSON.stringify(storable(value))
        expect(text.isWellFormed()).toBe(true)
        expect(text.replaceAll('\\\\', '')).not.toMatch(/\\u0000|\\ud[89a-f]/i)
      }),
    )
  })

  test('is the same when it is stored again, and the value itself where nothing was wrong', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const once = storable(value)
        expect(storable(once)).toBe(once)
      }),
    )
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value).replaceAll(/\\u0000|\\ud[89a-f]../gi, '?'))
        expect(storable(json)).toBe(json)
      }),
    )
  })

  test('has as many characters, keys and elements as before', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect([...(storable(text) as string)]).toHaveLength([...text].length)
      }),
    )
  })

  test.each([1, 30, 31, 32, 1_000, 5_000])('is at most 31 deep, also of %d levels', (depth) => {
    const lists: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    const objects: unknown = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    for (const value of [lists, objects]) expect(depthOf(storable(value))).toBe(Math.min(depth, 31))
  })
})

describe('what is stored', () => {
  test('for a key __proto__ is a key, and no prototype', () => {
    const stored = storable(JSON.parse('{"__proto__":{"admin":"\\u0000"}}')) as object
    expect(Object.keys(stored)).toEqual(['__proto__'])
    expect(Reflect.get(stored, 'admin')).toBeUndefined()
  })

  test.each([
    ['NaN', Number.NaN, null],
    ['infinity', Number.POSITIVE_INFINITY, null],
    ['a date that is none', new Date(Number.NaN), null],
    ['a date before the year 1000', new Date('0001-01-01'), new Date('1000-01-01')],
    ['a date after 9999', new Date(8.64e15), new Date('9999-12-31')],
    ['a bigint', 2n ** 60n, 2n ** 60n],
    ['a bigint in JSON', { safe: 7n, large: 2n ** 60n }, { safe: 7, large: '1152921504606846976' }],
  ])('for %s', (_, value, stored) => {
    expect(storable(value)).toEqual(stored)
  })

  test('for what a class has made is the same object: it is the driver’s', () => {
    const buffer = Buffer.from('\0')
    expect(storable(buffer)).toBe(buffer)
  })

  test.each([
    [
      ['a', '\0', 'b'],
      ['a', '\uFFFD', 'b'],
    ],
    [
      ['\0', '\0'],
      ['\uFFFD', '\uFFFD'],
    ],
    [
      { a: 1, b: '\0', c: 2 },
      { a: 1, b: '\uFFFD', c: 2 },
    ],
    [
      { a: 1, '\0': 2, c: '\0' },
      { a: 1, '\uFFFD': 2, c: '\uFFFD' },
    ],
    [{ a: [Number.NaN, new Date(Number.NaN)] }, { a: [null, null] }],
  ])('for %j has what is around it as it was, in its order, and nothing is changed in place', (value, stored) => {
    const before = structuredClone(value)
    expect(storable(value)).toEqual(stored)
    expect(JSON.stringify(storable(value))).toBe(JSON.stringify(stored))
    expect(value).toEqual(before)
  })

  test('for the first and the last date is the date itself', () => {
    for (const day of ['1000-01-01', '9999-12-31']) {
      const date = new Date(day)
      expect(storable(date)).toBe(date)
    }
    expect(storable(new Date(Date.parse('1000-01-01') - 1))).toEqual(new Date('1000-01-01'))
    expect(storable(new Date(Date.parse('9999-12-31') + 1))).toEqual(new Date('9999-12-31'))
  })

  test('for a bigint in JSON is a number as long as that rounds nothing', () => {
    const limit = BigInt(Number.MAX_SAFE_INTEGER)
    expect(storable([limit, -limit, limit + 1n])).toEqual([Number(limit), -Number(limit), String(limit + 1n)])
  })

  test.each([undefined, null, true, 0, 'text', Symbol.iterator, Math.max])('for %o is the value itself', (value) => {
    expect(storable(value)).toBe(value)
  })

  test('of a payload leaves its metadata as deep as a column of their own takes them', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
    const payload = (levels: number) => ({ organization: { public_metadata: deep(levels) } })
    const fits = payload(31)
    expect(storablePayload(fits)).toBe(fits)
    expect(depthOf(storablePayload(payload(32)))).toBe(33)
  })
})
