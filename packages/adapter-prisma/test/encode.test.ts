// What the driver adapters are given for a value of each type, and what is refused.
import { expect, it } from 'vitest'
import { encode } from '../src/encode.ts'
import { readSchema } from '../src/schema.ts'
import { Prisma } from './.generated/sqlite/prisma/client.ts'

const PLAN = 'enum Plan {\nFREE @map("free")\nPRO\n}\n'

function encoded(type: string, value: unknown): unknown {
  const field = readSchema(`${PLAN}model One {\nf ${type}\n}`).get('One')?.fields.get('f')
  if (!field) throw new Error('There is no field.')
  return encode('One', field, value)
}

const at = new Date(1_760_000_000_123)
const bytes = new Uint8Array([0, 255])

it.for<[type: string, value: unknown, sent: unknown]>([
  ['String?', null, null],
  ['String?', undefined, null],
  ['Json?', Prisma.DbNull, null],
  ['String[]', null, null],
  ['String', 'a', 'a'],
  ['Int', 7, 7],
  ['Boolean', false, false],
  ['Float', 1.5, 1.5],
  ['Bytes', bytes, bytes],
  ['Plan', 'FREE', 'free'],
  ['Plan', 'PRO', 'PRO'],
  ['Plan', 'unheard of', 'unheard of'],
  ['Plan[]', ['PRO', 'FREE'], ['PRO', 'free']],
  ['String[]', ['a', 'b'], ['a', 'b']],
  ['Json', Prisma.JsonNull, 'null'],
  ['Json', { a: [null, 1] }, '{"a":[null,1]}'],
  ['Json', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ['Json', [1], '[1]'],
  ['Json', 'a', '"a"'],
  ['Json', false, 'false'],
  ['Json[]', [{ a: 1 }, [2]], ['{"a":1}', '[2]']],
  ['DateTime', at, at],
  ['DateTime', at.toISOString(), at],
  ['DateTime[]', [at.toISOString()], [at]],
  ['Decimal', 1.5, '1.5'],
  ['Decimal', -7, '-7'],
  ['Decimal', '12345678901234567890.12', '12345678901234567890.12'],
  ['Decimal', 1e21, '1e+21'],
  ['Decimal', 1e-7, '1e-7'],
  ['Decimal', new Prisma.Decimal('0.10'), '0.1'],
  ['Decimal', 7n, '7'],
  ['BigInt', 7, 7n],
  ['BigInt', -7n, -7n],
  ['BigInt', '9007199254740993', 9_007_199_254_740_993n],
  ['BigInt', '-1', -1n],
])('%s: %o', ([type, value, sent]) => {
  expect(encoded(type, value)).toStrictEqual(sent)
})

it.for<[type: string, value: unknown, why: RegExp]>([
  ['String[]', 'a', /is a list and takes an array/],
  ['Json', () => {}, /takes JSON, which has no function/],
  ['Json', Symbol('a'), /takes JSON, which has no symbol/],
  ['DateTime', 'yesterday', /takes a Date, or a time/],
  ['DateTime', new Date(Number.NaN), /takes a Date, or a time/],
  ['DateTime', at.getTime(), /takes a Date, or a time/],
  ['Decimal', '', /takes a decimal number/],
  ['Decimal', 'x1', /takes a decimal number/],
  ['Decimal', '1x', /takes a decimal number/],
  ['Decimal', '.5', /takes a decimal number/],
  ['Decimal', Number.NaN, /takes a decimal number/],
  ['BigInt', 1.5, /takes a whole number/],
  ['BigInt', 2 ** 53, /takes a whole number/],
  ['BigInt', 'x1', /takes a whole number/],
  ['BigInt', '1x', /takes a whole number/],
  ['BigInt', '', /takes a whole number/],
  ['BigInt', true, /takes a whole number/],
  ['BigInt[]', [1, 'a'], /takes a whole number/],
])('%s refuses %o', ([type, value, why]) => {
  expect(() => encoded(type, value)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  expect(() => encoded(type, value)).toThrow(why)
  expect(() => encoded(type, value)).toThrow(/^One\.f .* the map returned something else/)
})
