// What a map returns for a column whose type is known: made to fit, or refused before the first delivery.
import { describe, expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { fitValue } from '../src/mapping/fit-value.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { looksLikeClerkId } from '../src/port/id-column.ts'
import { type ColumnInfo, referredBy, unfitForIds } from '../src/port/index.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { SECRET } from './fixtures/signing.ts'
import { send } from './fixtures/sync.ts'

type Kind = NonNullable<ColumnInfo['takes']>

function mapping(takes: Kind, value: unknown) {
  const adapter = memoryAdapter({ users: { columns: { value: {} } } })
  const { user: table } = adapter.tables
  const clerkSync = createClerkSync({
    adapter: { ...adapter, tables: { user: { ...table, columns: { value: { takes } } } } },
    map: { user: () => ({ value }) },
    signingSecret: SECRET,
  } as unknown as Parameters<typeof createClerkSync>[0])
  return { clerkSync, rows: () => adapter.rows('users') }
}

const BYTES = new Uint8Array([1, 2])
const DAY = new Date('2026-01-02')

test.each<[Kind, value: unknown, stored: unknown]>([
  ['text', 5, '5'],
  ['text', true, 'true'],
  ['text', DAY, DAY.toISOString()],
  ['text', ['a', 'b'], '["a","b"]'],
  ['text', { a: 1 }, '{"a":1}'],
  ['number', 5, 5],
  ['number', true, 1],
  ['number', '-1.5', '-1.5'],
  ['boolean', 1, true],
  ['boolean', 0, false],
  ['date', '2026-01-02', DAY],
  ['date', '2026-01-02T01:00:00+01:00', DAY],
  ['date', DAY.getTime(), DAY],
  ['date', 8.64e15, new Date('9999-12-31')],
  ['json', ['a'], ['a']],
  ['list', ['a'], ['a']],
  ['bytes', BYTES, BYTES],
  ['date', null, null],
])('%s is given %o, and stores %o', async (takes, value, stored) => {
  const { clerkSync, rows } = mapping(takes, value)
  expect(await send(clerkSync, envelope('user.created', user()))).toMatchObject({ status: 200 })
  expect(rows()).toEqual([expect.objectContaining({ value: stored })])
})

test.each<[Kind, value: unknown]>([
  ['text', BYTES],
  ['text', () => {}],
  ['text', Symbol('value')],
  ['number', 'five'],
  ['number', [5]],
  ['number', DAY],
  ['boolean', 2],
  ['boolean', 'true'],
  ['date', '5'],
  ['date', '2026-02-30'],
  ['date', '2026-01-02T01:00:00'],
  ['date', true],
  ['date', 1e18],
  ['json', BYTES],
  ['json', () => {}],
  ['list', 'a'],
  ['bytes', 'a'],
])('%s refuses %o at set-up, by the column and not by the value', (takes, value) => {
  expect(() => mapping(takes, value)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: expect.stringMatching(/^map\.user returns .+ for "value", which takes .+ Convert it in the map/),
    }),
  )
})

describe('a value by itself', () => {
  /** As a decimal or `Prisma.DbNull`: the adapter's. */
  class Made {}
  const made = new Made()
  const fit = (takes: Kind | undefined, value: unknown) =>
    fitValue('map.user', 'value', takes === undefined ? {} : { takes }, value)

  test.each<[Kind | undefined, given: unknown, stored: unknown]>([
    [undefined, 'a\0', 'a\uFFFD'],
    [undefined, undefined, null],
    [undefined, made, made],
    ['text', 'a', 'a'],
    ['text', '', ''],
    ['text', 0, '0'],
    ['text', false, 'false'],
    ['text', 2n ** 60n, '1152921504606846976'],
    ['text', Number.NaN, null],
    ['text', undefined, null],
    ['text', { a: 'b\0', c: 2n }, '{"a":"b\uFFFD","c":2}'],
    ['text', made, made],
    ['number', '5', '5'],
    ['number', '12.25', '12.25'],
    ['number', false, 0],
    ['number', 2n, 2n],
    ['number', made, made],
    ['number', null, null],
    ['boolean', true, true],
    ['boolean', false, false],
    ['boolean', null, null],
    ['date', '2026-01-02T03:04Z', new Date('2026-01-02T03:04:00Z')],
    ['date', '2026-01-02T03:04:05.678Z', new Date('2026-01-02T03:04:05.678Z')],
    ['date', '2026-01-02T03:04:05-10:30', new Date('2026-01-02T13:34:05Z')],
    ['date', '+012026-01-02', new Date('9999-12-31')],
    ['date', '-000001-01-02T03:04Z', new Date('1000-01-01')],
    ['date', '0001-01-01', new Date('1000-01-01')],
    ['date', '2024-02-29', new Date('2024-02-29')],
    ['date', 0, new Date(0)],
    ['date', new Date(Number.NaN), null],
    ['json', { a: 1 }, { a: 1 }],
    ['json', 'text', 'text'],
    ['json', 5n, 5],
    ['json', 2n ** 60n, '1152921504606846976'],
    ['json', made, made],
    ['list', [], []],
    ['list', null, null],
    ['bytes', undefined, null],
  ])('%s is given %o, and stores %o', (takes, given, stored) => {
    expect(fit(takes, given)).toEqual(stored)
  })

  test('that is a date or that no column of its kind alters is the same object', () => {
    for (const [takes, value] of [
      ['date', DAY],
      ['json', [1]],
      ['list', [1]],
      ['bytes', BYTES],
      ['number', made],
    ] as const) {
      expect(fit(takes, value)).toBe(value)
    }
  })

  test.each<[Kind, given: unknown, words: string]>([
    ['text', BYTES, 'bytes for "value", which takes text.'],
    ['number', '', 'a string for "value", which takes a number.'],
    ['number', '5x', 'a string for "value", which takes a number.'],
    ['number', 'x5', 'a string for "value", which takes a number.'],
    ['number', '5.', 'a string for "value", which takes a number.'],
    ['number', '1e3', 'a string for "value", which takes a number.'],
    ['number', { a: 1 }, 'an object for "value", which takes a number.'],
    ['number', BYTES, 'bytes for "value", which takes a number.'],
    ['number', DAY, 'a Date for "value", which takes a number.'],
    ['boolean', [], 'an array for "value", which takes true or false.'],
    ['boolean', made, 'an object for "value", which takes true or false.'],
    ['boolean', 2, 'a number for "value", which takes true or false.'],
    ['date', true, 'a boolean for "value", which takes a Date.'],
    ['date', 1e18, 'a number for "value", which takes a Date.'],
    ['json', BYTES, 'bytes for "value", which takes JSON.'],
    ['json', Symbol('x'), 'a symbol for "value", which takes JSON.'],
    ['list', { length: 0 }, 'an object for "value", which takes an array.'],
    ['list', Promise.resolve([]), 'a promise for "value", which takes an array.'],
    ['bytes', [1], 'an array for "value", which takes bytes.'],
    ['bytes', () => 1, 'a function for "value", which takes bytes.'],
  ])('%s refuses %o: %s', (takes, given, words) => {
    expect(() => fit(takes, given)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        thrownBy: 'map',
        message: `map.user returns ${words} Convert it in the map, or return null.`,
      }),
    )
  })

  test.each([
    '2026-1-2',
    '2026-13-01',
    '2026-01-02T25:00:00Z',
    '2026-01-02Z',
    'on 2026-01-02',
    '2026-01-02T03Z',
    '+002026-01-02',
    '',
  ])('a date refuses "%s", and says which texts it takes', (text) => {
    expect(() => fit('date', text)).toThrow(/which takes a Date\. Of texts, it takes ISO 8601 .* alone\. Convert it/)
  })
})

describe('a column of Clerk ids', () => {
  const unfit = (type: string, padsChars = true, takesText?: boolean) =>
    unfitForIds('user', { type, padsChars, takesText })

  test.each(['text', 'varchar', 'varchar(255)', 'VARCHAR(32)', 'character varying(64)', 'citext', 'my_type'])(
    'may be %s',
    (type) => {
      expect(unfit(type)).toBeUndefined()
    },
  )

  test.each([
    ['uuid', /is text, such as user_/],
    ['integer', /is text, such as user_/],
    ['varchar(31)', /holds 31 characters, and the Clerk id of the user has 32/],
    ['char(64)', /fills ids up with blanks/],
  ])('may not be %s', (type, why) => {
    expect(unfit(type)).toMatch(why)
  })

  test('may be a char that is given back as it was, of its length', () => {
    expect([unfit('char(64)', false), unfit('char(32)', false)]).toEqual([undefined, undefined])
    expect([unfit('char(31)', false), unfit('char', false)]).toEqual([
      expect.stringMatching(/holds 31 characters/),
      expect.stringMatching(/holds 1 characters/),
    ])
  })

  test('is what its database says, where its name says nothing of it', () => {
    expect(unfit('integer', false, true)).toBeUndefined()
    expect(unfit('my_type', false, false)).toMatch(/is text/)
  })

  test.each([
    ['userId', 'user'],
    ['user_id', 'user'],
    ['USERID', 'user'],
    ['createdBy', 'user'],
    ['created_by', 'user'],
    ['organization_id', 'organization'],
    ['organizationId', 'organization'],
    ['id', undefined],
    ['users', undefined],
    ['constructor', undefined],
  ])('is one by its name: %s, of %s', (property, entity) => {
    expect(referredBy(property)).toBe(entity)
  })

  test('is filled by what looks like one, and not by a key that a map made of it', () => {
    expect(['user_2abc', 'orgmem_1'].map(looksLikeClerkId)).toEqual([true, true])
    const others = ['', 'user', '_1', 'User_1', ' user_1', '1user_1', 7, null, ['user_1']]
    expect(others.map(looksLikeClerkId)).toEqual(others.map(() => false))
  })
})
