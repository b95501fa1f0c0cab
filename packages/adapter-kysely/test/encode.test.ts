// What each driver is given for a value, by what its column was said to hold.
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { encode } from '../src/encode.ts'

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const
const at = new Date(1_760_000_000_123)
const bytes = Buffer.from([0, 255])
class Own {
  readonly a = 1
}
const own = new Own()
const bare: object = Object.assign(Object.create(null), { a: 1 })

it.for<[what: string, value: unknown, sent: readonly [postgres: unknown, mysql: unknown, sqlite: unknown]]>([
  ['null', null, [null, null, null]],
  ['nothing', undefined, [null, null, null]],
  ['a text', 'a', ['a', 'a', 'a']],
  ['a flag', true, [true, true, 1n]],
  ['another flag', false, [false, false, 0n]],
  ['a whole number', 5, [5, 5, 5n]],
  ['the largest whole number', 2 ** 53 - 1, [2 ** 53 - 1, 2 ** 53 - 1, 9_007_199_254_740_991n]],
  ['a larger one', 2 ** 53, [2 ** 53, 2 ** 53, 2 ** 53]],
  ['a number with a fraction', 1.5, [1.5, 1.5, 1.5]],
  ['a bigint', 2n ** 60n, [2n ** 60n, 2n ** 60n, 2n ** 60n]],
  ['a Date', at, [at, at, 1_760_000_000_123n]],
  ['bytes', bytes, [bytes, bytes, bytes]],
  ['an object', { a: [1] }, ['{"a":[1]}', '{"a":[1]}', '{"a":[1]}']],
  ['an object without a prototype', bare, ['{"a":1}', '{"a":1}', '{"a":1}']],
  ['an object of a class', own, [own, own, own]],
])('%s', ([, value, sent]) => {
  for (const holds of [undefined, 'json', 'arrays'] as const) {
    expect(DIALECTS.map((dialect) => encode(dialect, 't.f', holds, value))).toStrictEqual(sent)
  }
})

it('an array is JSON, and on PostgreSQL what its column holds', () => {
  const list = ['a', 1]
  for (const dialect of ['mysql', 'sqlite'] as const) {
    for (const holds of [undefined, 'json', 'arrays'] as const) {
      expect(encode(dialect, 't.f', holds, list)).toBe('["a",1]')
    }
  }
  expect(encode('postgres', 't.f', 'json', list)).toBe('["a",1]')
  expect(encode('postgres', 't.f', 'arrays', list)).toBe(list)
  expect(() => encode('postgres', 't.f', undefined, list)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/^t\.f is given an array/) }),
  )
})

it('an expression of Kysely’s is refused', () => {
  for (const dialect of DIALECTS) {
    expect(() => encode(dialect, 't.f', undefined, sql`now()`)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/^t\.f is given an SQL exp/) }),
    )
  }
})
