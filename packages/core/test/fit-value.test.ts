// What a map returns for a column whose type is known: made to fit, or refused before the first delivery.
import { describe, expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { type ColumnInfo, unfitForIds } from '../src/port/index.ts'
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
})
