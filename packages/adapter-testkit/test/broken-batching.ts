import { tableNameOf, type UpsertOutcome } from '@clerk-sync/core/adapter'
import { type Broken, write } from './broken-adapter.ts'
import type { Parts } from './memory-harness.ts'

type Batching = NonNullable<Parts['adapter']['batching']>

const batchingAs =
  (broken: (good: Batching, parts: Parts) => Batching['write']): Broken['replace'] =>
  (parts) => {
    const { adapter } = parts
    return adapter.batching
      ? { ...adapter, batching: { ...adapter.batching, write: broken(adapter.batching, parts) } }
      : adapter
  }

/** Adapters that write several deliveries together, and wrongly. */
export const brokenBatching: Readonly<Record<string, Broken>> = {
  'batches that report what they have not written': {
    fails: 'bursts',
    symptom: /a row that was written together|not what the history says/,
    replace: batchingAs((good) => async (changes, options) => {
      await good.write(changes.slice(1), options)
      return new Map(changes.map(({ key }): [string, UpsertOutcome] => [key, 'updated']))
    }),
  },
  'batches without a guard': {
    fails: 'bursts',
    symptom: /the row is not what the history says/,
    replace: batchingAs(
      (_, { database, call }) =>
        (changes) =>
          call(() =>
            database.transaction((tx) => {
              const outcomes = changes.map((change): [string, UpsertOutcome] => {
                write(tx, change, { guard: () => true })
                return [change.key, 'updated']
              })
              return new Map(outcomes)
            }),
          ),
    ),
  },
  'batches that write into the table of another entity': {
    fails: 'bursts',
    symptom: /the row is not what the history says|a row that was written together/,
    replace: batchingAs(
      (_, { database, call }) =>
        (changes) =>
          call(() =>
            database.transaction((tx) => {
              for (const { key, version } of changes) {
                const table = tableNameOf('organization')
                if (!tx.get(table, key)) tx.insert(table, { id: key, clerkVersion: version })
              }
              return new Map(changes.map(({ key }): [string, UpsertOutcome] => [key, 'created']))
            }),
          ),
    ),
  },
  'batches that never write anything': {
    fails: 'bursts',
    symptom: /no row of a burst was written together with others/,
    replace: batchingAs(() => async () => new Map()),
  },
}
