import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClerkSyncError } from '../src/index.ts'
import { NO_VERSION, orderOf, type Rank, versionOf } from '../src/port/index.ts'
import { isOfCreation, isOfRead, isTime, newestTime, occurredAtOf, READ } from '../src/port/version.ts'

const LATEST = 9_999_999_999_998
const time = fc.oneof(
  fc.integer({ min: 0, max: LATEST }),
  fc.integer({ min: 1_767_000_000_000, max: 1_767_000_000_009 }),
)
const rank = fc.constantFrom<Rank>(0, 1, 2)
const messageId = fc.oneof(
  fc.string(),
  fc.base64String({ minLength: 28, maxLength: 28 }).map((id) => `msg_${id}`),
)
const snapshot = fc.record({ updatedAt: time, occurredAt: time, rank, messageId })
const change = fc.record({
  updatedAt: fc.oneof(time, fc.constant('deleted' as const)),
  occurredAt: time,
  rank,
  messageId,
})

type Change = Parameters<typeof versionOf>[0]

/** The order that is meant: the snapshot's clock, then the event's, then the rank. 0 where the message decides. */
function compare(a: Change, b: Change): number {
  const updated = (one: Change) => (one.updatedAt === 'deleted' ? LATEST + 1 : one.updatedAt)
  return Math.sign(updated(a) - updated(b) || a.occurredAt - b.occurredAt || a.rank - b.rank)
}

describe('a version', () => {
  test('is 33 digits, above that of a row that no event has reached', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(versionOf(one)).toMatch(/^[0-9]{33}$/)
        expect(versionOf(one) > NO_VERSION).toBe(true)
      }),
    )
  })

  test('sorts as text as changes are meant to be ordered', () => {
    fc.assert(
      fc.property(change, change, (a, b) => {
        const order = compare(a, b)
        if (order !== 0) expect(versionOf(a) < versionOf(b)).toBe(order < 0)
        else expect(versionOf(a).slice(0, 27)).toBe(versionOf(b).slice(0, 27))
      }),
      { numRuns: 1000 },
    )
  })

  test('of a delete is above every snapshot, and deletes are ordered by their time', () => {
    fc.assert(
      fc.property(snapshot, change, (one, other) => {
        const tombstone = { ...other, updatedAt: 'deleted' as const }
        expect(versionOf(tombstone) > versionOf(one)).toBe(true)
        expect(versionOf(tombstone) > versionOf({ ...one, updatedAt: LATEST, occurredAt: LATEST, rank: 2 })).toBe(true)
      }),
    )
  })

  test('on a tie puts a creation below an update, and the end of a session above both', () => {
    fc.assert(
      fc.property(snapshot, messageId, messageId, messageId, (one, a, b, c) => {
        const [created, updated, ended] = [
          versionOf({ ...one, rank: 0, messageId: a }),
          versionOf({ ...one, rank: 1, messageId: b }),
          versionOf({ ...one, rank: 2, messageId: c }),
        ]
        expect([ended, created, updated].sort()).toEqual([created, updated, ended])
      }),
    )
  })

  test('breaks a perfect tie alike on every machine', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(versionOf({ ...one })).toBe(versionOf(one))
      }),
    )
    const tie = { updatedAt: 1_767_225_600_000, occurredAt: 1_767_225_600_020, rank: 1 } as const
    // Written down: a change here would be a new order for rows that are stored already.
    expect(versionOf({ ...tie, messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek' })).toBe('176722560000017672256000201218005')
    expect(versionOf({ ...tie, messageId: '' })).toBe('176722560000017672256000201136261')
  })

  test('is another for nearly every other message', () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `msg_2vX11zP5ojq7cTRY58xT6oJ${n.toString(36).padStart(4, '0')}`)
    const tie = { updatedAt: 0, occurredAt: 0, rank: 0 } as const
    const versions = new Set(ids.map((id) => versionOf({ ...tie, messageId: id })))
    // By chance alone, half a pair of a thousand would meet among a million.
    expect(versions.size).toBeGreaterThanOrEqual(995)
  })
})

describe('a time outside of what 13 digits hold', () => {
  test.each([-1, LATEST + 1, 1e13, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])('%d', (bad) => {
    const good = { updatedAt: 0, occurredAt: 0, rank: 1, messageId: 'msg_1' } as const
    for (const field of ['updatedAt', 'occurredAt'] as const) {
      let thrown: unknown
      try {
        versionOf({ ...good, [field]: bad })
      } catch (error) {
        thrown = error
      }
      expect(ClerkSyncError.is(thrown) && thrown.code).toBe('payload_invalid')
    }
  })

  test('the bounds themselves are inside', () => {
    const widest = { updatedAt: LATEST, occurredAt: LATEST, rank: 2, messageId: 'm' } as const
    expect(versionOf(widest)).toMatch(/^99999999999989999999999998/)
    expect(versionOf({ ...widest, updatedAt: 0, occurredAt: 0 })).toMatch(/^0{26}2/)
  })
})

describe('what a version says', () => {
  const [UPDATED, OCCURRED] = [1_767_225_600_000, 1_767_225_600_020]
  const change = { updatedAt: UPDATED, occurredAt: OCCURRED, rank: 1, messageId: 'msg_1' } as const
  const ofRead = versionOf({ ...change, messageId: READ })
  const tombstone = versionOf({ ...change, updatedAt: 'deleted' })

  test('when its event happened, and the newer of its two times', () => {
    expect(occurredAtOf(versionOf(change))).toBe(OCCURRED)
    expect(newestTime(versionOf(change))).toBe(OCCURRED)
    expect(newestTime(versionOf({ ...change, updatedAt: OCCURRED + 1 }))).toBe(OCCURRED + 1)
    for (const none of [NO_VERSION, `9${versionOf(change)}`]) expect(newestTime(none)).toBe(0)
    expect(occurredAtOf(NO_VERSION)).toBe(0)
  })

  test('whether it is of a read: by its rank, its hash and nothing else', () => {
    expect([ofRead, versionOf({ ...change, rank: 2, messageId: READ })].map(isOfRead)).toEqual([true, true])
    const others = [versionOf({ ...change, rank: 0, messageId: READ }), versionOf(change), `9${ofRead}`, NO_VERSION]
    expect(others.map(isOfRead)).toEqual([false, false, false, false])
  })

  test('whether it is of a creation', () => {
    const created = versionOf({ ...change, rank: 0 })
    const others = [versionOf(change), ofRead, tombstone, `9${created}`, `${'0'.repeat(34)}`, NO_VERSION]
    expect([created, ...others].map(isOfCreation)).toEqual([true, ...others.map(() => false)])
  })

  test('the order of the newest snapshot, without the mark of a tombstone', () => {
    const version = versionOf(change)
    expect([version, `9${version}`, `8${version}`].map(orderOf)).toEqual([version, version, version])
    expect([`9${'0'.repeat(33)}`, `8${'0'.repeat(33)}`, NO_VERSION].map(orderOf)).toEqual(['0', '0', '0'])
    const earliest = versionOf({ updatedAt: 0, occurredAt: 0, rank: 1, messageId: 'msg_1' })
    expect(orderOf(`9${earliest}`)).toBe(earliest)
  })

  test('whether a number is a time that one holds', () => {
    expect([0, UPDATED, LATEST].map(isTime)).toEqual([true, true, true])
    expect([-1, LATEST + 1, 0.5, Number.NaN, Infinity].map(isTime)).toEqual([false, false, false, false, false])
  })
})
