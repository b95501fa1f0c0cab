import { ClerkSyncError } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { type Capabilities, type Runner, testAdapter } from '../src/index.ts'
import { Collector } from './collector.ts'
import { memoryHarness, type Parts } from './memory-harness.ts'

const SCHEDULES = 50

/** Transactions that refuse to wait for a hook. */
function synchronous({ adapter }: Parts): Parts['adapter'] {
  return {
    ...adapter,
    once: (event, change, hook, options) =>
      adapter.once(
        event,
        change,
        (tx, outcome, before) => {
          const result = hook(tx, outcome, before)
          if (!(result instanceof Promise)) return
          result.catch(() => {})
          throw new ClerkSyncError('hook_failed', 'The hook returned a promise.')
        },
        options,
      ),
  }
}

/** Write, hook, mark: at least once, and no transaction to write with. */
function withoutTransactions(parts: Parts): Parts['adapter'] {
  const { adapter: good, database, call } = parts
  return {
    ...good,
    once: async (event, change, hook, options) => {
      if (database.rows('events', ({ id }) => id === event.id).length > 0) return 'duplicate'
      const before = change && options?.before ? await good.find(change.entity, change.key) : undefined
      const outcome = !change
        ? 'unchanged'
        : await (change.kind === 'upsert' ? good.upsert(change) : good.softDelete(change))
      await database.transaction((tx) => hook(tx, outcome, before?.row))
      await call(() =>
        database.transaction((tx) => {
          if (!tx.get('events', event.id)) tx.insert('events', { ...event, processedAt: new Date() })
        }),
      )
      return outcome
    },
  }
}

function certify(
  runner: Runner,
  transactions: Capabilities['transactions'],
  replace?: (parts: Parts) => Parts['adapter'],
): void {
  const harness = memoryHarness({ runner, capabilities: { transactions }, ...(replace && { replace }) })
  const effect: typeof harness.effect = (tx, welcome) => tx.insert('welcomes', { ...welcome })
  const failingStatement: typeof harness.failingStatement = (tx) =>
    tx.insert('users', { id: 'user_refused', noSuchColumn: 1 })
  const own = transactions === 'synchronous' ? { effect, failingStatement } : {}
  testAdapter({ ...harness, ...own, name: transactions }, { schedules: SCHEDULES })
}

certify({ describe, it }, 'synchronous', synchronous)
certify({ describe, it }, 'none', withoutTransactions)

describe('a capability that is declared and not there', () => {
  const titlesOf = async (runner: Collector) => (await runner.failures()).map(({ title }) => title)

  it('synchronous: a hook that returns a promise is awaited', async () => {
    const runner = new Collector()
    certify(runner, 'synchronous')
    expect(await titlesOf(runner)).toEqual([expect.stringContaining('a hook that returns a promise is refused')])
  })

  it('interactive: effects are at least once', async () => {
    const runner = new Collector()
    certify(runner, 'interactive', withoutTransactions)
    expect(await titlesOf(runner)).toContainEqual(expect.stringContaining('random schedules end in the row'))
  })

  it('parallel: a slow hook holds up the others', async () => {
    const runner = new Collector()
    testAdapter(memoryHarness({ runner, capabilities: { parallel: true } }), { schedules: SCHEDULES })
    expect(await titlesOf(runner)).toEqual(
      ['a slow hook', 'a tombstone whose delivery is under way'].map((title) => expect.stringContaining(title)),
    )
  }, 60_000)
})
