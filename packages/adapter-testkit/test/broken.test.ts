import { describe, expect, it } from 'vitest'
import { testAdapter } from '../src/index.ts'
import type { Broken } from './broken-adapter.ts'
import { brokenBatching } from './broken-batching.ts'
import { brokenBeside } from './broken-beside.ts'
import { brokenKept } from './broken-kept.ts'
import { brokenLetters } from './broken-letters.ts'
import { brokenOwners } from './broken-owners.ts'
import { brokenParts } from './broken-parts.ts'
import { brokenSessions } from './broken-sessions.ts'
import { brokenTombstones, brokenTombstonesBeside } from './broken-tombstones.ts'
import { brokenTransactions } from './broken-transactions.ts'
import { brokenUpkeep } from './broken-upkeep.ts'
import { brokenWrites } from './broken-writes.ts'
import { Collector } from './collector.ts'
import { memoryHarness, type Parts } from './memory-harness.ts'

/** Enough to play the random schedules at all; the other tests must find the fault by themselves. */
const FEW_SCHEDULES = 10

type Versions = 'row' | 'beside'

function collected(versions: Versions, replace?: (parts: Parts) => Parts['adapter']): Collector {
  const runner = new Collector()
  testAdapter(memoryHarness({ runner, versions, ...(replace && { replace }) }), { schedules: FEW_SCHEDULES })
  return runner
}

/** Runs the chapter that must fail it, until a test does. */
async function expectFailed({ fails, symptom, replace }: Broken, versions: Versions = 'row'): Promise<void> {
  const suite = versions === 'row' ? 'memory' : 'memory, versions beside'
  const runner = collected(versions, replace)
  const failures = await runner.failuresUntil(symptom, (title) => title.startsWith(`${suite} > ${fails}`))
  expect(failures, `nothing failed in ${fails}`).not.toEqual([])
  expect(failures.map(({ message }) => message).join('\n')).toMatch(symptom)
}

/** A chapter each, and some of a broken adapter wait for what never comes. */
const LIMIT_MS = 120_000

describe('the suite', () => {
  it('finds nothing wrong with a good adapter', async () => {
    expect(await collected('row').failures()).toEqual([])
  })

  for (const [name, broken] of Object.entries({
    ...brokenWrites,
    ...brokenParts,
    ...brokenBatching,
    ...brokenTransactions,
    ...brokenUpkeep,
    ...brokenTombstones,
    ...brokenLetters,
    ...brokenSessions,
  })) {
    it(`fails an adapter with ${name}, and names the symptom`, { timeout: LIMIT_MS }, () => expectFailed(broken))
  }
})

describe('the suite, with versions beside', () => {
  it('finds nothing wrong with a good adapter', async () => {
    expect(await collected('beside').failures()).toEqual([])
  })

  for (const [name, broken] of Object.entries({
    ...brokenBeside,
    ...brokenKept,
    ...brokenOwners,
    ...brokenTombstonesBeside,
  })) {
    it(`fails an adapter with ${name}, and names the symptom`, { timeout: LIMIT_MS }, () =>
      expectFailed(broken, 'beside'),
    )
  }
})

/** What deliveries in disorder can show at all, and the other tests are not needed for. */
const foundAtRandom = [
  'no guard',
  'a guard on the first 13 digits alone',
  'hard delete',
  'no tombstone for an id never seen',
  'a delete that keeps the values',
  'keep mode that bumps the version',
  'claim outside the transaction',
  'hook outside the transaction',
  'the hook skipped when the row did not change',
  'a duplicate runs the hook',
]

describe('random schedules alone', () => {
  for (const [name, { replace }] of Object.entries({ ...brokenWrites, ...brokenTransactions, ...brokenUpkeep })) {
    if (!foundAtRandom.includes(name)) continue
    it(`fail an adapter with ${name}`, async () => {
      const runner = new Collector()
      testAdapter(memoryHarness({ runner, replace }), { schedules: 1000 })
      const [failure] = await runner.failures((title) => title.includes('> 1000 random schedules'))
      expect(failure?.message).toMatch(/seed: -?\d+/)
    })
  }
})
