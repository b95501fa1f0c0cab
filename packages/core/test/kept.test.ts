// A tombstone that keeps its values, with its version beside the table: what each change that meets it writes, and what
// became of it. The suite of the testkit proves the same in every order; here is each case by itself.
import { describe, expect, test } from 'vitest'
import {
  type Change,
  comparedTime,
  type FoundBeside,
  isKept,
  type KeepingWrite,
  keepingOutcome,
  keepingWrite,
  NO_VERSION,
  versionOf,
  type WriteOutcome,
} from '../src/port/index.ts'
import { isOfSnapshot } from '../src/port/kept.ts'

const T0 = 1_767_225_600_000
const DELETED_AT = new Date(T0 + 50)
const snapshot = (updatedAt: number) => versionOf({ updatedAt, occurredAt: T0, rank: 1, messageId: 'msg_1' })
const removal = (occurredAt: number) =>
  versionOf({ updatedAt: 'deleted', occurredAt, rank: 1, messageId: `msg_${occurredAt}` })
const [OLD, SAME, NEW] = [snapshot(T0 - 1), snapshot(T0), snapshot(T0 + 1)] as const
const NONE = '0'.repeat(33)
const VALUES = { email: 'ada@example.com' }

const row = { entity: 'user', key: 'user_1' } as const
const upsert = (version: string, more: { expected?: string } = {}): Change => ({
  kind: 'upsert',
  ...row,
  version,
  values: VALUES,
  ...more,
})
const gone = (
  mode: 'keep' | 'erase' | 'remove',
  version = removal(T0 + 50),
  more: { expected?: string } = {},
): Change => ({
  kind: 'delete',
  mode,
  ...row,
  version,
  deletedAt: DELETED_AT,
  values: VALUES,
  ...more,
})
const live = (version: string | undefined, isThere = true): FoundBeside => ({
  version,
  isThere,
  deleted: false,
  deletedAt: undefined,
})
const tombstone = (version: string, deletedAt: FoundBeside['deletedAt'] = 'later', isThere = true): FoundBeside => ({
  version,
  isThere,
  deleted: true,
  deletedAt,
})

type Case = readonly [what: string, change: Change, found: FoundBeside, write: KeepingWrite | undefined]

describe('a delete that keeps the values', () => {
  const marked = (version: string): KeepingWrite => ({ version, deletedAt: DELETED_AT, values: undefined })

  test.each<Case>([
    [
      'of a key never seen writes a row',
      gone('keep'),
      live(undefined, false),
      { ...marked(`8${NONE}`), values: VALUES },
    ],
    ['leaves a row of the application as it is', gone('keep'), live(undefined), marked(`8${NONE}`)],
    ['keeps the order of the row', gone('keep'), live(SAME), marked(`8${SAME}`)],
    ['writes no row that something else has deleted', gone('keep'), live(SAME, false), marked(`8${SAME}`)],
    ['takes the place of one that a read discovered', gone('keep'), tombstone(`9${SAME}`), marked(`8${SAME}`)],
    ['also where no snapshot was there', gone('keep'), tombstone(`9${NONE}`), marked(`8${NONE}`)],
    ['is the later one of two', gone('keep'), tombstone(`8${SAME}`, 'earlier'), marked(`8${SAME}`)],
    ['is there already', gone('keep'), tombstone(`8${SAME}`, 'same'), undefined],
    ['is the earlier one of two', gone('keep'), tombstone(`8${SAME}`, 'later'), undefined],
    ['is kept from now on where its row went with its owner', gone('keep'), tombstone(SAME), marked(`8${SAME}`)],
    [
      'is above an older one that erased, and stays erased',
      gone('keep', removal(T0 + 50)),
      tombstone(removal(T0 + 40)),
      marked(removal(T0 + 50)),
    ],
    ['is not above a newer one', gone('keep', removal(T0 + 50)), tombstone(removal(T0 + 60)), undefined],
    ['nor above itself', gone('keep', removal(T0 + 50)), tombstone(removal(T0 + 50)), undefined],
  ])('%s', (_, change, found, write) => {
    expect(keepingWrite(change, found)).toEqual(write)
  })

  const read = (expected: string) => gone('keep', `9${SAME}`, { expected })
  test.each<Case>([
    ['what was seen', read(SAME), live(SAME), marked(`9${SAME}`)],
    ['what was seen, though its row is gone', read(SAME), live(SAME, false), marked(`9${SAME}`)],
    ['a row without an event', read(NO_VERSION), live(undefined), marked(`9${SAME}`)],
    ['not a newer one', read(SAME), live(NEW), undefined],
    ['not a tombstone', read(SAME), tombstone(SAME), undefined],
    ['not a row without an event that is gone', read(NO_VERSION), live(undefined, false), undefined],
  ])('that a read discovered marks %s', (_, change, found, write) => {
    expect(keepingWrite(change, found)).toEqual(write)
  })
})

describe('a snapshot', () => {
  test.each<Case>([
    [
      'newer than the row is filled in, and the tombstone stays',
      upsert(NEW),
      tombstone(`8${SAME}`, 'earlier'),
      { version: `8${NEW}`, deletedAt: undefined, values: VALUES },
    ],
    [
      'newer than the delete proves a read wrong',
      upsert(NEW),
      tombstone(`9${SAME}`, 'earlier'),
      { version: NEW, deletedAt: null, values: VALUES },
    ],
    [
      'older than the delete of a read is filled in under its mark',
      upsert(NEW),
      tombstone(`9${SAME}`, 'same'),
      { version: `9${NEW}`, deletedAt: undefined, values: VALUES },
    ],
    [
      'brings back no row that something else has deleted',
      upsert(NEW),
      tombstone(`8${SAME}`, 'later', false),
      { version: `8${NEW}`, deletedAt: undefined, values: undefined },
    ],
    ['as old as the row changes nothing', upsert(SAME), tombstone(`8${SAME}`), undefined],
    ['older than the row changes nothing', upsert(OLD), tombstone(`8${SAME}`), undefined],
    ['is not filled into what was erased', upsert(NEW), tombstone(removal(T0)), undefined],
    ['is not filled into what went with its owner', upsert(NEW), tombstone(SAME), undefined],
    ['of a row that lives is no matter of tombstones', upsert(NEW), live(SAME), undefined],
    ['by compare-and-set neither', upsert(NEW, { expected: SAME }), tombstone(`8${SAME}`), undefined],
  ])('%s', (_, change, found, write) => {
    expect(keepingWrite(change, found)).toEqual(write)
  })
})

describe('what is left of a snapshot where its owner was removed', () => {
  test.each<Case>([
    [
      'takes the row, and its order stays',
      gone('remove', NEW),
      tombstone(`8${SAME}`),
      { version: `8${NEW}`, deletedAt: undefined, values: null },
    ],
    [
      'takes no row that is gone',
      gone('remove', NEW),
      tombstone(`8${SAME}`, 'later', false),
      { version: `8${NEW}`, deletedAt: undefined, values: undefined },
    ],
    [
      'is a delete of its own where it proves a read wrong',
      gone('remove', NEW),
      tombstone(`9${SAME}`, 'earlier'),
      { version: NEW, deletedAt: DELETED_AT, values: null },
    ],
    ['is nothing where the row is newer', gone('remove', OLD), tombstone(`8${SAME}`), undefined],
    ['is nothing where the row lives', gone('remove', NEW), live(SAME), undefined],
    ['a real removal is above all tombstones that keep', gone('remove'), tombstone(`8${SAME}`), undefined],
    ['and so is one that erases', gone('erase'), tombstone(`8${SAME}`), undefined],
  ])('%s', (_, change, found, write) => {
    expect(keepingWrite(change, found)).toEqual(write)
  })
})

test('which changes are snapshots, and from when they are', () => {
  const cases: readonly (readonly [Change, isOfSnapshot: boolean, time: Date])[] = [
    [upsert(NEW), true, new Date(T0 + 1)],
    [gone('remove', NEW), true, new Date(T0 + 1)],
    [gone('remove'), false, DELETED_AT],
    [gone('remove', `8${NEW}`), false, DELETED_AT],
    [gone('erase', NEW), false, DELETED_AT],
    [gone('keep', NEW), false, DELETED_AT],
  ]
  for (const [change, isSnapshot, time] of cases) {
    expect([isOfSnapshot(change), comparedTime(change)]).toEqual([isSnapshot, time])
  }
})

test('which versions are of a tombstone that keeps its values', () => {
  const versions = [`8${SAME}`, `9${SAME}`, SAME, `7${SAME}`, '8'.repeat(33), '8', NO_VERSION, removal(T0)]
  expect(versions.filter(isKept)).toEqual([`8${SAME}`, `9${SAME}`])
})

describe('what became of it', () => {
  const wrote: KeepingWrite = { version: NEW, deletedAt: DELETED_AT, values: VALUES }
  const revived: KeepingWrite = { ...wrote, deletedAt: null }
  const filled: KeepingWrite = { ...wrote, deletedAt: undefined }

  test.each<[WriteOutcome, what: string, Change, FoundBeside, KeepingWrite | undefined]>([
    ['deleted', 'a delete that was written', gone('keep'), live(SAME), wrote],
    ['already_deleted', 'a removal of which nothing is left', gone('remove', NEW), tombstone(`8${SAME}`), filled],
    ['already_deleted', 'a snapshot that was filled in', upsert(NEW), tombstone(`8${SAME}`), filled],
    ['updated', 'a snapshot that proved a read wrong', upsert(NEW), tombstone(`9${SAME}`), revived],
    ['created', 'the same without a row', upsert(NEW), tombstone(`9${SAME}`, 'earlier', false), revived],
    ['unchanged', 'a delete of the same time', gone('keep'), tombstone(`8${SAME}`, 'same'), undefined],
    ['unchanged', 'a delete of the same version', gone('erase', removal(5)), tombstone(removal(5)), undefined],
    ['already_deleted', 'another delete', gone('keep'), tombstone(`8${SAME}`, 'later'), undefined],
    ['already_deleted', 'a snapshot that is too old', upsert(OLD), tombstone(`8${SAME}`), undefined],
    ['unchanged', 'a read that has written before', gone('keep', NEW, { expected: SAME }), tombstone(NEW), undefined],
    ['stale', 'a read of what has changed', gone('keep', NEW, { expected: OLD }), live(SAME), undefined],
    ['already_deleted', 'a read of a tombstone', gone('keep', NEW, { expected: OLD }), tombstone(SAME), undefined],
    [
      'already_deleted',
      'a read of a row that is gone',
      gone('keep', NEW, { expected: OLD }),
      live(SAME, false),
      undefined,
    ],
  ])('%s: %s', (outcome, _, change, found, write) => {
    expect(keepingOutcome(change, found, write)).toBe(outcome)
  })
})
