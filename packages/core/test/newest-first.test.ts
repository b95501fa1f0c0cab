// Many changes, some of them to one row: the newest is written, and the older ones are answered once it is.
import { describe, expect, test } from 'vitest'
import { type Change, newestFirst, oneByOne, type WriteOutcome } from '../src/port/index.ts'
import { byKey, superseded } from '../src/port/newest-first.ts'

const upsert = (key: string, version: string, more: object = {}): Change =>
  ({ kind: 'upsert', entity: 'user', key, version, values: {}, ...more }) as const
const remove = (key: string, version: string, mode: 'erase' | 'keep' = 'erase'): Change =>
  ({ kind: 'delete', mode, entity: 'user', key, version, deletedAt: new Date(0), values: {} }) as const
const nameOf = ({ entity, key, version }: Change) => `${entity} ${key} ${version}`

/** The rounds in which they were written, and what became of each; `refused` has the names of those that are not taken. */
async function written(changes: readonly Change[], refused: readonly string[] = [], taken: WriteOutcome = 'updated') {
  const rounds: string[][] = []
  const results = await newestFirst(changes, async (round) => {
    rounds.push(round.map(nameOf))
    return round.map((change) =>
      refused.includes(nameOf(change)) ? { change, error: 'refused' } : { change, outcome: taken },
    )
  })
  expect(results.map(({ change }) => change)).toEqual(changes)
  return { rounds, outcomes: results.map(({ outcome, error }) => outcome ?? error) }
}

describe('of several changes to one row', () => {
  test('the newest is written, whatever order they come in, and the rows in that of their keys', async () => {
    const changes = [upsert('b', '1'), upsert('a', '1'), upsert('b', '3'), upsert('b', '2'), upsert('c', '1')]
    expect(await written(changes)).toEqual({
      rounds: [['user a 1', 'user b 3', 'user c 1']],
      outcomes: ['stale', 'updated', 'updated', 'stale', 'updated'],
    })
  })

  test('a newest one that is refused is followed by the next, and the others are answered after that', async () => {
    const changes = [upsert('a', '1'), upsert('a', '2'), upsert('a', '3'), upsert('b', '1')]
    expect(await written(changes, ['user a 3'])).toEqual({
      rounds: [['user a 3', 'user b 1'], ['user a 2']],
      outcomes: ['stale', 'updated', 'refused', 'updated'],
    })
  })

  test('where all are refused, each was tried, and has its own error', async () => {
    const changes = [upsert('a', '1'), upsert('a', '2')]
    expect(await written(changes, ['user a 1', 'user a 2'])).toEqual({
      rounds: [['user a 2'], ['user a 1']],
      outcomes: ['refused', 'refused'],
    })
  })

  test('one that is given twice is written once, and another of the same version is unchanged', async () => {
    const one = upsert('a', '1')
    expect(await written([one, one, upsert('a', '1')])).toEqual({
      rounds: [['user a 1']],
      outcomes: ['updated', 'updated', 'unchanged'],
    })
  })

  test('compare-and-sets and deletes that keep their row are each written, ahead of the others', async () => {
    const changes = [
      remove('a', '9', 'keep'),
      upsert('a', '1'),
      upsert('a', '8', { expected: '1' }),
      upsert('a', '2'),
      remove('a', '7', 'keep'),
    ]
    const { rounds, outcomes } = await written(changes)
    expect(rounds).toEqual([['user a 9'], ['user a 8'], ['user a 7'], ['user a 2']])
    expect(outcomes).toEqual(['updated', 'stale', 'updated', 'updated', 'updated'])
  })

  test('one key of two tables is two rows', async () => {
    const other = { ...upsert('a', '1'), entity: 'organization' } as const
    expect(await written([upsert('a', '2'), other])).toMatchObject({
      rounds: [['organization a 1', 'user a 2']],
      outcomes: ['updated', 'updated'],
    })
  })
})

test('of nothing, nothing is written', async () => {
  expect(await written([])).toEqual({ rounds: [], outcomes: [] })
})

test('one by one, each has its outcome, or the error with which it was refused', async () => {
  const order: string[] = []
  const write = async (change: Change): Promise<WriteOutcome> => {
    order.push(nameOf(change))
    if (change.key === 'b') throw new Error('refused')
    return 'created'
  }
  const changes = [upsert('c', '1'), upsert('b', '1'), upsert('a', '1')]
  expect(await oneByOne(changes, write)).toEqual([
    { change: changes[0], outcome: 'created' },
    { change: changes[1], error: new Error('refused') },
    { change: changes[2], outcome: 'created' },
  ])
  expect(order).toEqual(['user a 1', 'user b 1', 'user c 1'])
})

test('the changes of a row are in the order in which they are written', () => {
  const [kept, cas, older, newer] = [
    remove('a', '9', 'keep'),
    upsert('a', '8', { expected: '1' }),
    upsert('a', '1'),
    remove('a', '2'),
  ] as const
  expect(byKey([kept, cas, older, newer])).toEqual([[kept, cas, newer, older]])
  expect(byKey([cas, newer, kept, older])).toEqual([[cas, kept, newer, older]])
})

test.each<[outcome: WriteOutcome, ofSame: WriteOutcome, ofOlder: WriteOutcome]>([
  ['created', 'unchanged', 'stale'],
  ['updated', 'unchanged', 'stale'],
  ['stale', 'unchanged', 'stale'],
  ['deleted', 'already_deleted', 'already_deleted'],
  ['already_deleted', 'already_deleted', 'already_deleted'],
  ['owner_deleted', 'already_deleted', 'already_deleted'],
])('where the newest is %s, one of its version is %s, and an older one %s', (outcome, ofSame, ofOlder) => {
  const newest = upsert('a', '2')
  const of = (version: string) => superseded(upsert('a', version), newest, outcome)
  expect([of('2').outcome, of('1').outcome]).toEqual([ofSame, ofOlder])
})
