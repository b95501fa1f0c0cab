import type { Upsert } from '@clerk-sync/core/adapter'
import type { Broken } from './broken-adapter.ts'

/** Adapters whose batches or upkeep are wrong. */
export const brokenUpkeep: Readonly<Record<string, Broken>> = {
  'a ledger in seconds': {
    fails: 'ledger > prune',
    symptom: /prune did not count an old message|a wrong unit or time zone/,
    replace: ({ adapter }) => ({ ...adapter, prune: (before) => adapter.prune(new Date(before.getTime() / 1000)) }),
  },
  'a prune that empties the ledger': {
    fails: 'ledger > prune',
    symptom: /what prune removed/,
    replace: ({ adapter }) => ({ ...adapter, prune: () => adapter.prune(new Date(Date.now() + 1000)) }),
  },
  'a batch that keeps the last instead of the largest': {
    fails: 'batches > plain: of several changes',
    symptom: /one key several times in a batch/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsertMany: (changes) =>
        adapter.upsertMany([...new Map(changes.map((change) => [`${change.entity} ${change.key}`, change])).values()]),
    }),
  },
  'a batch that tells changes apart by their key alone': {
    fails: 'batches > rows of two entities',
    symptom: /tally of a batch of two entities/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsertMany: (changes) => adapter.upsertMany([...new Map(changes.map((change) => [change.key, change])).values()]),
    }),
  },
  'a batch that writes the rows of all entities into the table of the first': {
    fails: 'batches > rows of two entities',
    symptom: /tally of a batch of two entities/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsertMany: (changes) => {
        const shape = (change: Upsert) => String(Object.keys(change.values))
        const first = new Map(changes.toReversed().map((change) => [shape(change), change.entity]))
        return adapter.upsertMany(
          changes.map((change) => ({ ...change, entity: first.get(shape(change)) ?? change.entity })),
        )
      },
    }),
  },
  'a batch that one bad row sinks': {
    fails: 'unique columns',
    symptom: /the rows that a batch reports as failed/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsertMany: async (changes) => {
        const tally = await adapter.upsertMany(changes)
        const [{ error } = { error: undefined }] = tally.failed
        return error ? { ...tally, failed: changes.map((change: Upsert) => ({ change, error })) } : tally
      },
    }),
  },
  'a batch that forgets the rows it could not write': {
    fails: 'batches > a row that the database refuses',
    symptom: /the rows that a batch reports as failed/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsertMany: async (changes) => ({ ...(await adapter.upsertMany(changes)), failed: [] }),
    }),
  },
  'a find that takes a tombstone for a row': {
    fails: 'reads > plain: find',
    symptom: /find does not say that it is a tombstone/,
    replace: ({ adapter }) => ({
      ...adapter,
      find: async (entity, key) => {
        const found = await adapter.find(entity, key)
        return found && { ...found, deleted: false }
      },
    }),
  },
  'a find that does not see tombstones': {
    fails: 'reads > plain: find',
    symptom: /find does not say that it is a tombstone/,
    replace: ({ adapter }) => ({
      ...adapter,
      find: async (entity, key) => {
        const found = await adapter.find(entity, key)
        return found?.deleted ? undefined : found
      },
    }),
  },
  'a find that gives what was mapped alone': {
    fails: 'reads > plain: find',
    symptom: /the row that find gave lacks/,
    replace: ({ adapter }) => ({
      ...adapter,
      find: async (entity, key) => {
        const found = await adapter.find(entity, key)
        return found && { ...found, row: { email: Reflect.get(found.row ?? {}, 'email') } }
      },
    }),
  },
  'a check that cries wolf': {
    fails: 'description > plain: check',
    symptom: /check found a problem in good tables/,
    replace: ({ adapter }) => ({
      ...adapter,
      check: async () => [{ severity: 'error', table: 'user', message: 'There is no such table.' }],
    }),
  },
}
