// Whether a row is stale: a difference that is not seen is never mended, and one that is none is rewritten by every run.
import { describe, expect, test } from 'vitest'
import { sameValue } from '../../src/clerk-api/same-value.ts'

const AT = new Date('2026-01-02T03:04:05.678Z')
const MS = AT.getTime()
const bytes = (...all: number[]) => new Uint8Array(all)

describe('a column holds what the map gives', () => {
  test.each<[stored: unknown, mapped: unknown]>([
    ['a', 'a'],
    [null, null],
    [undefined, null],
    [null, undefined],
    ['a    ', 'a'],
    ['a', 'a '],
    [5, '5'],
    ['5.00', 5],
    ['9007199254740993', 9007199254740993n],
    [5n, 5],
    [0, 0],
    [1, true],
    ['t', true],
    ['TRUE', true],
    [true, true],
    [0, false],
    ['f', false],
    ['false', false],
    [AT, AT],
    [MS, AT],
    [String(MS), AT],
    [new Date(MS - 999), AT],
    [new Date(MS + 999), AT],
    ['2026-01-02 03:04:05.678', AT],
    ['2026-01-02 04:04:05+01', AT],
    ['2026-01-02 04:04:05+0100', AT],
    ['2026-01-02T02:04:05-01:00', AT],
    ['2026-01-02T03:04:05z', AT],
    [AT, '2026-01-02T03:04:05.678Z'],
    [bytes(1, 2), bytes(1, 2)],
    ['{"a":1,"b":[2,{"c":null}]}', { b: [2, { c: null }], a: 1 }],
    [
      { b: 2, a: 1 },
      { a: 1, b: 2 },
    ],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: 1 }, '{"a":1}'],
    [
      [1, 2],
      [1, 2],
    ],
    [{ at: AT }, { at: AT.toISOString() }],
    [{ at: AT }, { at: AT }],
  ])('%o, %o', (stored, mapped) => {
    expect(sameValue(stored, mapped)).toBe(true)
  })
})

describe('a column holds something else', () => {
  test.each<[stored: unknown, mapped: unknown]>([
    ['a', 'b'],
    ['A', 'a'],
    [' a', 'a'],
    ['', null],
    [null, ''],
    [null, 0],
    [0, null],
    [null, false],
    ['5.01', 5],
    [1, false],
    [0, true],
    [2, true],
    ['yes', true],
    ['t', false],
    [new Date(MS - 1000), AT],
    [new Date(MS + 1000), AT],
    [MS + 1000, AT],
    [String(MS + 1), AT],
    [`at ${MS}`, AT],
    [`${MS}ms`, AT],
    ['no time', AT],
    ['2026-01-02 03:04:05+01', AT],
    [AT, '2026-01-02T03:04:06.678Z'],
    [bytes(1, 2), bytes(1, 3)],
    [bytes(1, 2, 3), bytes(1, 2)],
    ['\\x0102', bytes(1, 2)],
    ['{"a":2}', { a: 1 }],
    ['{"a":1', { a: 1 }],
    ['a', { a: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ a: null }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: null }],
    [{ a: 1 }, { a: '1' }],
    [{ a: 1 }, '{"a":2}'],
    [{ a: 1 }, 'a'],
    [
      [1, 2],
      [2, 1],
    ],
    [{ at: AT }, { at: new Date(MS + 1) }],
    [{ at: AT }, { at: {} }],
    [{ at: {} }, { at: AT }],
  ])('%o, %o', (stored, mapped) => {
    expect(sameValue(stored, mapped)).toBe(false)
  })
})
