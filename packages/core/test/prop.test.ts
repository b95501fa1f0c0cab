// What is asked of values that may be anything: what a driver threw, what a map returned, what a sender wrote.
import { describe, expect, test } from 'vitest'
import { isClerkId } from '../src/port/clerk-id.ts'
import { camelCase, prop, snakeCase } from '../src/port/index.ts'
import { isPlain } from '../src/port/is-plain.ts'
import { printable } from '../src/port/printable.ts'

describe('a property', () => {
  test('is that of an object, its own or not', () => {
    expect([
      prop({ a: 1 }, 'a'),
      prop(Object.create({ a: 2 }), 'a'),
      prop([3], 0),
      prop(new Error('x'), 'message'),
    ]).toEqual([1, 2, 3, 'x'])
  })

  test.each([undefined, null, 'text', 7, true, () => {}, class {}])('of %o is none', (value) => {
    expect([prop(value, 'length'), prop(value, 'name'), prop(value, 'toString')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('that throws is none', () => {
    const odd = {
      get code() {
        throw new Error('a getter of the application')
      },
    }
    expect(prop(odd, 'code')).toBeUndefined()
  })
})

test('plain is what no class has made', () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) expect(isPlain(value)).toBe(true)
  const others = [undefined, null, 'text', 7, () => {}, [], new Date(), new Map(), new (class {})(), Object.create({})]
  expect(others.map(isPlain)).toEqual(others.map(() => false))
})

test('an id is up to 255 printable characters of ASCII', () => {
  for (const id of ['user_1', '!', '~', 'x'.repeat(255)]) expect(isClerkId(id)).toBe(true)
  const others = ['', ' ', 'a b', 'é', 'a\n', '\u007f', 'x'.repeat(256), 7, null, undefined, ['user_1']]
  expect(others.map(isClerkId)).toEqual(others.map(() => false))
})

test('what a terminal would act on is written out', () => {
  const acts = '\u0000\t\n\u001b\u007f\u009f\u200e\u2028\u202e\u2066\u2069'
  const written = '\\u0000\\u0009\\u000a\\u001b\\u007f\\u009f\\u200e\\u2028\\u202e\\u2066\\u2069'
  expect(printable(acts)).toBe(written)
  expect(printable('Zoë, ~ 🦊\u00a0')).toBe('Zoë, ~ 🦊\u00a0')
})

test.each([
  ['firstName', 'first_name'],
  ['email', 'email'],
  ['lastSignInAt', 'last_sign_in_at'],
  ['web3Wallets', 'web3_wallets'],
])('%s is %s in a database', (camel, snake) => {
  expect([snakeCase(camel), camelCase(snake)]).toEqual([snake, camel])
  expect([snakeCase(snake), camelCase(camel)]).toEqual([snake, camel])
})
