// How many events share a call of the adapter, and with it the time of one delivery.
import { expect, test } from 'vitest'
import { callsOf } from '../src/calls-of.ts'

const upsert = { change: { kind: 'upsert' } }
const removal = { change: { kind: 'delete' } }
const withParts = { change: { kind: 'upsert', parts: {} } }
const many = (count: number, one: object) => Array.from({ length: count }, () => one)

test.each<[what: string, items: readonly object[], lengths: readonly number[]]>([
  ['none', [], []],
  ['one', [upsert], [1]],
  ['500 that are written together', many(500, upsert), [500]],
  ['501', many(501, upsert), [500, 1]],
  ['1001', many(1001, upsert), [500, 500, 1]],
  ['20 that are written one after another', many(20, removal), [20]],
  ['41 of them', many(41, removal), [20, 20, 1]],
  ['21 with parts', many(21, withParts), [20, 1]],
  ['20 of them among others', [...many(10, removal), ...many(100, upsert), ...many(10, withParts)], [120]],
  ['21 of them among others', [...many(10, removal), ...many(100, upsert), ...many(11, removal), upsert], [120, 2]],
  ['20 after a full call', [...many(500, upsert), ...many(21, removal)], [500, 20, 1]],
])('%s', (_, items, lengths) => {
  const calls = callsOf(items as never)
  expect(calls.map(({ length }) => length)).toEqual(lengths)
  expect(calls.flat()).toEqual(items)
})
