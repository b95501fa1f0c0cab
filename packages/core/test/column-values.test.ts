// Which values the columns of a database take, by the names of their types.
import { describe, expect, it } from 'vitest'
import { affinityOf, columnType } from '../src/sql/check/column-type.ts'
import { misfit } from '../src/sql/check/value-misfit.ts'

describe('what a type holds', () => {
  it.for<[string, ReturnType<typeof columnType>]>([
    ['text', { kind: 'text' }],
    ['LONGTEXT', { kind: 'text' }],
    ['varchar(34)', { kind: 'text', length: 34 }],
    ['character varying(34)', { kind: 'text', length: 34 }],
    ['bpchar', { kind: 'text' }],
    ['nvarchar(5)', { kind: 'text', length: 5 }],
    ['tinyint(1)', { kind: 'integer', bits: 8 }],
    ['tinyint unsigned', { kind: 'integer', bits: 9 }],
    ['int2', { kind: 'integer', bits: 16 }],
    ['mediumint', { kind: 'integer', bits: 24 }],
    ['int(11)', { kind: 'integer', bits: 32 }],
    ['integer', { kind: 'integer', bits: 32 }],
    ['bigint(20) unsigned', { kind: 'integer', bits: 65 }],
    ['numeric(10,2)', { kind: 'decimal' }],
    ['double precision', { kind: 'float' }],
    ['bool', { kind: 'boolean' }],
    ['boolean', { kind: 'boolean' }],
    ['timestamp(3) with time zone', { kind: 'timestamp', digits: 3 }],
    ['timestamptz', { kind: 'timestamp' }],
    ['datetime(6)', { kind: 'timestamp', digits: 6 }],
    ['date', { kind: 'date' }],
    ['time without time zone', { kind: 'time' }],
    ['timetz', { kind: 'time' }],
    ['json', { kind: 'json' }],
    ['jsonb', { kind: 'json' }],
    ['uuid', { kind: 'uuid' }],
    ['bytea', { kind: 'bytes' }],
    ['mediumblob', { kind: 'bytes' }],
    ['varbinary(16)', { kind: 'bytes' }],
    ["enum('a','b''c','d,e')", { kind: 'enum', labels: ['a', "b'c", 'd,e'] }],
    ['text[]', { kind: 'list' }],
    ['character varying(34)[3]', { kind: 'list' }],
    ['public.plan', undefined],
    ['mytext', undefined],
    ['texts', undefined],
    ['interval', undefined],
  ])('%s', ([text, type]) => {
    expect(columnType(text)).toEqual(type)
  })

  it.for<[string, ReturnType<typeof affinityOf>]>([
    ['INTEGER', 'number'],
    ['charint', 'number'],
    ['varchar(5)', 'text'],
    ['CLOB', 'text'],
    ['text', 'text'],
    ['', 'any'],
    ['blob', 'any'],
    ['ANY', 'any'],
    ['anything', 'number'],
    ['datetime', 'number'],
  ])('SQLite: "%s" is of %s', ([type, affinity]) => {
    expect(affinityOf(type)).toBe(affinity)
  })
})

/** The texts that each type takes, and others. Times and whole numbers are what Clerk sends. */
const TEXTS: Readonly<Record<string, readonly [fits: readonly string[], others: readonly string[]]>> = {
  text: [['', 'a', '007'], []],
  'varchar(3)': [
    ['', 'abc', '👩👩👩'],
    ['abcd', '👩👩👩👩'],
  ],
  integer: [
    ['7', '-7', '007'],
    ['', '7.5', 'a7', '7a', '+7'],
  ],
  numeric: [
    ['7', '-7.5', '1e3'],
    ['', ' ', 'seven'],
  ],
  'double precision': [
    ['7', '-7.5'],
    ['', ' ', 'seven'],
  ],
  boolean: [
    ['t', 'TRUE', 'f', 'false', 'yes', 'no', 'on', 'off', '1', '0'],
    ['', 'tru', 'falsey', '10', 'an on'],
  ],
  date: [['2026-01-01'], ['', 'today or so']],
  timestamp: [['2026-01-01T00:00:00Z'], ['', 'now or so']],
  time: [['12:00', 'anything'], []],
  uuid: [
    ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000A'],
    [
      '',
      'a',
      'x00000000-0000-4000-8000-00000000000a',
      '00000000-0000-4000-8000-00000000000a0',
      '00000000-0000-4000-00000000000a',
      '00000000-0000-4000-8000-00000000000g',
    ],
  ],
  bytea: [['', 'a'], []],
  'text[]': [[], ['', '{a}']],
}

describe('a text', () => {
  it.for(Object.entries(TEXTS))('for %s', ([type, [fits, others]]) => {
    const is = columnType(type)
    if (!is) throw new Error(`${type} is not known.`)
    const wrong = (value: string) => misfit(is, { value, sent: value, sentAsJson: false, type })
    expect(fits.filter((value) => wrong(value) !== undefined)).toEqual([])
    expect(others.filter((value) => wrong(value) === undefined)).toEqual([])
    for (const value of others) {
      expect(wrong(value)).toEqual({
        what: is.kind === 'text' ? `texts such as one of ${[...value].length} characters` : 'text',
        so: 'such an event is answered 503 value_refused.',
        should: 'text',
      })
    }
  })

  it('for JSON, by what is sent', () => {
    const wrong = (sent: unknown, sentAsJson = false) =>
      misfit({ kind: 'json' }, { value: 'a', sent, sentAsJson, type: 'jsonb' })
    expect([wrong('"a"'), wrong('a', true), wrong({}), wrong(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(wrong('a')).toMatchObject({ what: 'text', should: 'text' })
  })
})

/** A column of each kind. */
const COLUMNS: readonly string[] = [
  ...['text', 'integer', 'numeric', 'double precision', 'boolean', 'date', 'timestamp', 'time', 'jsonb', 'uuid'],
  ...['bytea', 'text[]'],
]

/** What is not taken of other values, by the type of the column, and what is to be given in its place. */
const OTHERS: readonly (readonly [string, unknown, readonly string[], what: string, should: string])[] = [
  [
    'a time',
    new Date(0),
    ['integer', 'numeric', 'double precision', 'boolean', 'jsonb', 'uuid', 'text[]'],
    'a time',
    'timestamp(3)',
  ],
  [
    'a list',
    ['a'],
    ['text', 'integer', 'numeric', 'double precision', 'boolean', 'date', 'timestamp', 'time', 'uuid', 'bytea'],
    'a list',
    'json',
  ],
  [
    'an object',
    { a: 1 },
    [
      ...['text', 'integer', 'numeric', 'double precision', 'boolean', 'date', 'timestamp', 'time', 'uuid', 'bytea'],
      'text[]',
    ],
    'JSON',
    'json',
  ],
  [
    'true',
    true,
    ['integer', 'numeric', 'double precision', 'date', 'timestamp', 'time', 'uuid', 'text[]'],
    'true and false',
    'boolean',
  ],
  ['a number', 7, ['boolean', 'date', 'timestamp', 'time', 'uuid', 'text[]'], 'a number', 'integer'],
  ['a bigint', 7n, ['boolean', 'date', 'timestamp', 'time', 'uuid', 'text[]'], 'a number', 'integer'],
  [
    'a large number',
    2 ** 31,
    ['integer', 'boolean', 'date', 'timestamp', 'time', 'uuid', 'text[]'],
    'numbers such as 2147483648',
    'bigint',
  ],
  ['what has no kind', Symbol('a'), [], '', ''],
]

it.for(OTHERS)(
  '%s is not taken by what would refuse it, or give it back as another',
  ([, value, refused, what, should]) => {
    const wrong = COLUMNS.flatMap((type) => {
      const is = columnType(type)
      if (!is) throw new Error(`${type} is not known.`)
      const found = misfit(is, { value, sent: value, sentAsJson: false, type })
      return found ? [[type, found] as const] : []
    })
    expect(wrong.map(([type]) => type).toSorted()).toEqual(refused.toSorted())
    for (const [type, found] of wrong) {
      expect(found.what).toBe(what)
      expect(found.should).toBe(should)
      expect(found.so).toMatch(type === 'text' ? /^it reads back as text\.$/ : /503 value_refused/)
    }
  },
)

it.for([
  [8, 127, 128],
  [16, 32_767, 32_768],
  [32, 2 ** 31 - 1, 2 ** 31],
  [33, 2 ** 32 - 1, 2 ** 32],
] as const)('whole numbers of %i bits go to %i', ([bits, most, more]) => {
  const wrong = (value: number) =>
    misfit({ kind: 'integer', bits }, { value, sent: value, sentAsJson: false, type: 'int' })
  expect([wrong(most), wrong(-most)]).toEqual([undefined, undefined])
  expect([wrong(more), wrong(-more)].map((found) => found?.so)).toEqual([
    expect.stringMatching(/value_refused/),
    expect.stringMatching(/value_refused/),
  ])
})

it("MySQL's numbers take true and false", () => {
  const wrong = (type: string) =>
    misfit({ kind: 'integer', bits: 32 }, { value: true, sent: true, sentAsJson: false, type })
  expect([wrong('int'), wrong('tinyint(1)'), wrong('bigint')]).toEqual([undefined, undefined, undefined])
})
