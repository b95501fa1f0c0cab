import { type OldTombstones, type TombstoneStore, tableNameOf } from '@clerk-sync/core/adapter'
import type { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Broken } from './broken-adapter.ts'
import type { Parts } from './memory-harness.ts'

type Removal = OldTombstones & { readonly keys: readonly string[] }

/** An adapter that removes what it should not. */
const removing =
  (remove: (tx: MemoryTransaction, removal: Removal) => void): Broken['replace'] =>
  ({ adapter, database }) => ({
    ...adapter,
    tombstones: {
      ...storeOf(adapter),
      remove: async (removal) => {
        await database.transaction((tx) => remove(tx, removal))
        return removal.keys.length
      },
    },
  })

function storeOf({ tombstones }: Parts['adapter']): TombstoneStore {
  if (!tombstones) throw new Error('The memory adapter has tombstones.')
  return tombstones
}

const isOld = (value: unknown, before: Date) => value instanceof Date && value < before

/** Adapters whose prune takes too much, or too little. */
export const brokenTombstones: Readonly<Record<string, Broken>> = {
  'a prune that removes a living row': {
    fails: 'old tombstones > plain: an old tombstone is removed',
    symptom: /prune has changed a living row/,
    replace: removing((tx, { entity, keys }) => {
      for (const key of keys) tx.delete(tableNameOf(entity), key)
    }),
  },
  'a prune that removes a younger tombstone': {
    fails: 'old tombstones > plain: an old tombstone is removed',
    symptom: /prune has changed a younger tombstone/,
    replace: ({ adapter }) => ({
      ...adapter,
      tombstones: {
        ...storeOf(adapter),
        remove: (removal) => storeOf(adapter).remove({ ...removal, before: new Date() }),
      },
    }),
  },
  'a prune that removes what the application has deleted itself': {
    fails: 'old tombstones > plain: an old tombstone is removed',
    symptom: /prune has changed a row that no event has reached/,
    replace: removing((tx, { entity, before, keys }) => {
      const table = tableNameOf(entity)
      for (const key of keys) if (isOld(tx.get(table, key)?.deletedAt, before)) tx.delete(table, key)
    }),
  },
  'a prune that counts what it keeps': {
    fails: 'old tombstones > plain: an old tombstone is removed',
    symptom: /old tombstones after their removal/,
    replace: removing(() => {}),
  },
  'a find that rejects once its signal is aborted': {
    fails: 'old tombstones > an aborted signal ends find',
    symptom: /what find threw once its signal was aborted/,
    replace: ({ adapter }) => ({
      ...adapter,
      tombstones: {
        ...storeOf(adapter),
        find: async (which, options) => {
          options?.signal?.throwIfAborted()
          return storeOf(adapter).find(which)
        },
      },
    }),
  },
  'an adapter that has lost its prune': {
    fails: 'description > plain: the adapter describes its tables as they are',
    symptom: /whether the adapter removes old tombstones/,
    replace: ({ adapter: { tombstones: _, ...adapter } }) => adapter,
  },
  'a find that gives younger tombstones too': {
    fails: 'old tombstones > plain: the old tombstones are found',
    symptom: /what else find gives/,
    replace: ({ adapter }) => ({
      ...adapter,
      tombstones: {
        ...storeOf(adapter),
        find: (which) => storeOf(adapter).find({ ...which, before: new Date() }),
      },
    }),
  },
}

/** With the versions beside. */
export const brokenTombstonesBeside: Readonly<Record<string, Broken>> = {
  'a prune that takes the version of a row that is there': {
    fails: 'old tombstones > plain: an old tombstone is removed',
    symptom: /prune has changed the version of a row that is there/,
    replace: removing((tx, { entity, before, keys }) => {
      for (const key of keys) {
        const id = `${tableNameOf(entity)} ${key}`
        if (isOld(tx.get('versions', id)?.deletedAt, before)) tx.delete('versions', id)
      }
    }),
  },
}
