// A delete that a read discovered: what its tombstone is, and what each change that meets it makes of it.
import { describe, expect, test } from 'vitest'
import {
  type Change,
  type DeleteMode,
  discoveredDelete,
  isDiscovered,
  NO_VERSION,
  overDiscovered,
  type Replacement,
  versionOf,
} from '../src/port/index.ts'
import { isOfRead } from '../src/port/version.ts'

const READ_AT = 1_767_225_600_000
const snapshot = (updatedAt: number) => versionOf({ updatedAt, occurredAt: updatedAt, rank: 1, messageId: 'msg_1' })
const SEEN = snapshot(READ_AT - 5)
const ERASED = `9${READ_AT}${'9'.repeat(20)}`

describe('the tombstone of a delete that a read discovered', () => {
  const made = (mode: DeleteMode, versions: 'row' | 'beside' | undefined, seen = SEEN) =>
    discoveredDelete({ mode, entity: 'user', key: 'user_1', values: { email: null }, seen, at: READ_AT, versions })

  test.each<[mode: DeleteMode, versions: 'row' | 'beside' | undefined, version: unknown]>([
    ['erase', 'row', ERASED],
    ['erase', undefined, ERASED],
    ['erase', 'beside', expect.stringMatching(`^${READ_AT}${READ_AT}2\\d{6}$`)],
    ['remove', 'beside', expect.stringMatching(`^${READ_AT}${READ_AT}2\\d{6}$`)],
    ['keep', 'row', `9${SEEN}`],
    ['keep', 'beside', `9${SEEN}`],
  ])('%s, versions: %s', (mode, versions, version) => {
    expect(made(mode, versions)).toEqual({
      kind: 'delete',
      mode,
      entity: 'user',
      key: 'user_1',
      values: { email: null },
      version,
      deletedAt: new Date(READ_AT),
      expected: SEEN,
    })
  })

  test('that keeps a row without an event has the order of none, and over another such tombstone its order', () => {
    expect(made('keep', 'row', NO_VERSION).version).toBe(`9${'0'.repeat(33)}`)
    expect(made('keep', 'row', `9${SEEN}`).version).toBe(`9${SEEN}`)
  })

  test('beside a table it is told from an event by its rank and its hash, and in a row by its length', () => {
    expect(isOfRead(made('remove', 'beside').version)).toBe(true)
    expect(isDiscovered(made('remove', 'beside').version)).toBe(false)
    for (const mode of ['erase', 'keep'] as const) expect(isDiscovered(made(mode, 'row').version)).toBe(true)
    for (const other of [SEEN, `8${SEEN}`, '9'.repeat(33), '9']) expect(isDiscovered(other)).toBe(false)
  })
})

describe('a change that is held back by a discovered tombstone', () => {
  const upsert = (version: string, more: object = {}): Change =>
    ({ kind: 'upsert', entity: 'user', key: 'user_1', version, values: {}, ...more }) as const
  const remove = (mode: DeleteMode): Change => ({
    kind: 'delete',
    mode,
    entity: 'user',
    key: 'user_1',
    version: versionOf({ updatedAt: 'deleted', occurredAt: READ_AT + 9, rank: 1, messageId: 'msg_9' }),
    deletedAt: new Date(READ_AT + 9),
    values: {},
  })
  const later = snapshot(READ_AT + 1)
  const earlier = snapshot(READ_AT - 1)
  const living = { version: later, deletedAt: null, values: true, deletedBefore: new Date(READ_AT + 1) }

  test.each<[what: string, change: Change, found: string, tries: readonly Replacement[]]>([
    ['a snapshot from after the read proves an erasing one wrong', upsert(later), ERASED, [living]],
    ['one from before it does not', upsert(earlier), ERASED, []],
    [
      'one from after what is kept lives where it is later than the delete, and is filled in otherwise',
      upsert(later),
      `9${SEEN}`,
      [living, { version: `9${later}`, deletedAt: undefined, values: true }],
    ],
    ['the one that is kept changes nothing', upsert(SEEN), `9${SEEN}`, []],
    ['nor does an older one', upsert(snapshot(READ_AT - 9)), `9${SEEN}`, []],
    [
      'the real delete gives a kept row its order back',
      remove('keep'),
      `9${SEEN}`,
      [{ version: SEEN, deletedAt: new Date(READ_AT + 9), values: false }],
    ],
    [
      'also where that is the order of none',
      remove('keep'),
      `9${'0'.repeat(33)}`,
      [{ version: NO_VERSION, deletedAt: new Date(READ_AT + 9), values: false }],
    ],
    ['one that erases is above it by itself', remove('erase'), ERASED, []],
    ['a compare-and-set is that of its own version alone', upsert(later, { expected: SEEN }), ERASED, []],
    ['a row without such a tombstone is none of its matter', upsert(later), SEEN, []],
  ])('%s', (_, change, found, tries) => {
    expect(overDiscovered(change, found)).toEqual(tries)
  })
})
