// What a run tells of itself: how far it is, what became of the rows that were there before, and whose clock it goes by.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clerkTimeOf } from '../../src/clerk-api/clerk-time.ts'
import { CountsOfRun } from '../../src/clerk-api/counts.ts'
import { LinkCounts } from '../../src/clerk-api/link-counts.ts'
import { RunProgress } from '../../src/clerk-api/run-progress.ts'
import { SeenIds } from '../../src/clerk-api/seen-ids.ts'
import type { Progress } from '../../src/clerk-api/types.ts'
import type { Upsert } from '../../src/port/sync-adapter.ts'
import { failsWith } from './setting.ts'

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function run(planned: number, doneBefore?: number) {
    const told: Progress[] = []
    const counts = new CountsOfRun(['user', 'organization'])
    const progress = new RunProgress({ requests: 7 } as never, counts, planned, (one) => told.push(one), doneBefore)
    return { counts, progress, last: () => told.at(-1) }
  }

  test('of two steps, the one that has not begun counts as much as the first', () => {
    const { counts, progress, last } = run(2)
    counts.add('user', 'created')
    vi.advanceTimersByTime(10_000)
    progress.tell('list', 'user', 50, 100)
    expect(last()).toMatchObject({ step: 'list', entity: 'user', done: 50, total: 100, requests: 7 })
    expect(last()).toMatchObject({ share: 0.25, perSecond: 5, secondsLeft: 30, counts: { user: { created: 1 } } })
    expect(progress.seconds).toBe(10)
  })

  test('each step counts once, as it was told last, and its size as far as it is known', () => {
    const { progress, last } = run(2)
    vi.advanceTimersByTime(20_000)
    progress.tell('list', 'user', 50, 100)
    progress.tell('list', 'user', 100, 100)
    progress.tell('scan', 'user', 20, null)
    expect(last()).toMatchObject({ share: 1, perSecond: 6, secondsLeft: 0 })
    progress.tell('scan', 'user', 20, 60)
    expect(last()).toMatchObject({ share: 0.75, perSecond: 6, secondsLeft: 7 })
    progress.tell('scan', 'user', 80, 60)
    expect(last()).toMatchObject({ share: 1, perSecond: 9 })
    progress.tell('list', 'organization', 20, 20)
    expect(last()?.share).toBe(1)
  })

  test('what an earlier run has done took no time of this one', () => {
    const { progress, last } = run(1, 60)
    vi.advanceTimersByTime(10_000)
    progress.tell('list', 'user', 80, 120)
    expect(last()).toMatchObject({ perSecond: 2, secondsLeft: 20 })
    progress.tell('list', 'user', 40, 120)
    expect(last()).toMatchObject({ perSecond: 0, secondsLeft: null })
  })

  test('of nothing, it is not known; and whoever does not ask is told nothing', () => {
    const { progress, last } = run(1)
    vi.advanceTimersByTime(1000)
    progress.tell('list', 'user', 0, 0)
    expect(last()).toMatchObject({ share: null, perSecond: 0, secondsLeft: null })
    const silent = new RunProgress({ requests: 0 } as never, new CountsOfRun(['user']), 1, undefined)
    expect(() => silent.tell('list', 'user', 0, 0)).not.toThrow()
  })
})

describe('what a run does to the rows that were there before', () => {
  const change = (values: Upsert['values']) => ({ values }) as Upsert

  test.each<[stored: unknown, mapped: unknown, overwrite: boolean, what: string | undefined]>([
    ['a', 'a', false, undefined],
    ['a', 'b', false, 'changed'],
    ['a', 'b', true, 'changed'],
    ['a', null, false, 'kept'],
    ['a', '', false, 'kept'],
    ['a', null, true, 'lost'],
    [null, 'b', false, undefined],
    ['', 'b', true, undefined],
    [undefined, 'b', true, undefined],
    [null, null, true, undefined],
  ])('a column with %o, of which Clerk has %o, overwrite %s: %s', (stored, mapped, overwrite, what) => {
    const counts = new LinkCounts(overwrite)
    const none = { changed: 0, kept: 0, lost: 0 }
    for (const _ of [1, 2]) counts.match(change({ name: mapped, same: 1 }), { name: stored, same: 1 })
    expect(counts.all()).toMatchObject({ matched: 2, columns: what ? { name: { ...none, [what]: 2 } } : {} })
    expect(Object.keys(counts.all().columns)).toEqual(what ? ['name'] : [])
  })

  test('clashes are counted by what they are, and the first thousand listed', () => {
    const counts = new LinkCounts(false)
    for (let n = 1; n <= 1001; n++) counts.clash(`user_${n}`, 'row_changed')
    counts.clash('user_0', 'several_rows')
    const { clashes, clashing } = counts.all()
    expect(Object.entries(clashes).filter(([, count]) => count !== 0)).toEqual([
      ['several_rows', 1],
      ['row_changed', 1001],
    ])
    expect(clashing).toHaveLength(1000)
    expect(clashing.at(-1)).toEqual({ id: 'user_1000', why: 'row_changed' })
  })

  test.each([
    ['several_rows', false],
    ['several_users', false],
    ['address_unverified', false],
    ['row_unproven', false],
    ['row_changed', false],
    ['row_taken', true],
    ['user_has_row', true],
  ] as const)('with %s, a run would write every user: %s', (why, isClear) => {
    const counts = new LinkCounts(false)
    expect(counts.isClear).toBe(true)
    counts.clash('user_1', why)
    expect(counts.isClear).toBe(isClear)
  })
})

test('ids that were met are known, as many as there are, and no others', () => {
  const seen = new SeenIds()
  const ids = Array.from({ length: 5000 }, (_, n) => `user_${n}`)
  expect(ids.filter((id) => seen.add(id))).toHaveLength(5000)
  expect(ids.filter((id) => seen.add(id))).toEqual([])
  expect(seen.size).toBe(5000)
  expect(ids.filter((id) => !seen.has(id))).toEqual([])
  expect(ids.filter((id) => seen.has(`${id}x`))).toEqual([])
})

describe("Clerk's time", () => {
  const NOW = Date.parse('2026-01-02T03:04:05Z')
  beforeEach(() => void vi.useFakeTimers({ now: NOW }))
  afterEach(() => void vi.useRealTimers())
  const timeOf = (date: string | undefined, sentAt = 0, receivedAt = 0) =>
    clerkTimeOf(new Headers(date === undefined ? {} : { date }), sentAt, receivedAt)
  const seconds = (n: number) => new Date(NOW + n * 1000).toUTCString()

  test('is that of the answer, less how long it took and a second, and a second more at most', () => {
    expect(timeOf(seconds(0), 1000, 1234.2)).toEqual({ earliest: NOW - 235 - 1000, latest: NOW + 1000 })
  })

  test.each([
    [-30, 0, true],
    [30, 0, true],
    [-31, 0, false],
    [31, 0, false],
    [-31, 1000, true],
    [-40, 9000, false],
  ])('%i s apart after %i ms is believed: %s', (apart, tookMs, believed) => {
    const read = () => timeOf(seconds(apart), 500, 500 + tookMs)
    if (believed) expect(read()).toMatchObject({ latest: NOW + apart * 1000 + 1000 })
    else expect(read).toThrow(failsWith('config_invalid', new RegExp(`are ${Math.abs(apart)} s apart`)))
  })

  test.each([undefined, '', 'soon'])('cannot be %o', (date) => {
    expect(() => timeOf(date)).toThrow(failsWith('clerk_unavailable', /has no Date/))
  })
})
