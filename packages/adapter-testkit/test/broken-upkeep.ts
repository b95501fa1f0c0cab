import type { Change, Written } from '@clerk-sync/core/adapter'
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
  'a count that misses the old messages': {
    fails: 'ledger > prune',
    symptom: /what countEvents counted/,
    replace: ({ adapter }) => ({ ...adapter, countEvents: async () => 0 }),
  },
  'a batch that keeps the last instead of the largest': {
    fails: 'batches > plain: of several changes',
    symptom: /one key several times in a batch/,
    replace: ({ adapter }) => ({
      ...adapter,
      writeMany: (changes) => unordered(changes, adapter.writeMany, (change) => `${change.entity} ${change.key}`),
    }),
  },
  'a batch that tells changes apart by their key alone': {
    fails: 'batches > rows of two entities',
    symptom: /tally of a batch of two entities/,
    replace: ({ adapter }) => ({
      ...adapter,
      writeMany: (changes) => unordered(changes, adapter.writeMany, (change) => change.key),
    }),
  },
  'a batch that writes the rows of all entities into the table of the first': {
    fails: 'batches > rows of two entities',
    symptom: /tally of a batch of two entities/,
    replace: ({ adapter }) => ({
      ...adapter,
      writeMany: (changes) => {
        const shape = (change: Change) => String(Object.keys(change.values))
        const first = new Map(changes.toReversed().map((change) => [shape(change), change.entity]))
        return adapter.writeMany(
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
      writeMany: async (changes) => {
        const written = await adapter.writeMany(changes)
        const refused = written.find(({ error }) => error !== undefined)
        return refused ? changes.map((change) => ({ change, error: refused.error })) : written
      },
    }),
  },
  'a batch that forgets the rows it could not write': {
    fails: 'batches > a row that the database refuses',
    symptom: /the rows that a batch reports as failed/,
    replace: ({ adapter }) => ({
      ...adapter,
      writeMany: async (changes) =>
        (await adapter.writeMany(changes)).map(({ change, outcome = 'stale' }) => ({ change, outcome })),
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
  'a compare-and-set that is the guard': {
    fails: 'discovered deletes > erase, by',
    symptom: /the outcome of a delete that expects another version/,
    replace: ({ adapter }) => {
      const guarded = <C extends Change>({ expected, ...change }: C): C => change as C
      return {
        ...adapter,
        softDelete: (change) => adapter.softDelete(guarded(change)),
        once: (event, change, hook, options) => adapter.once(event, change && guarded(change), hook, options),
        writeMany: async (changes) =>
          (await adapter.writeMany(changes.map(guarded))).map((one, n) => ({ ...one, change: changes[n] as never })),
      }
    },
  },
  'a compare-and-set that takes a tombstone for a live row': {
    fails: 'discovered deletes > keep: an upsert that expects a live row',
    symptom: /an upsert that expects a live row, after the delete/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsert: ({ live: _, ...change }) => adapter.upsert(change),
    }),
  },
  'a discovered delete that no later snapshot proves wrong': {
    fails: 'discovered deletes > erase: a later snapshot',
    symptom: /the row after a later snapshot/,
    replace: ({ adapter }) => ({
      ...adapter,
      softDelete: (change) => adapter.softDelete({ ...change, version: '9'.repeat(33) }),
    }),
  },
  'a scan of what events have reached': {
    fails: 'scans > plain: a scan gives every row once',
    symptom: /how often a scan gives each row/,
    replace: ({ adapter }) => ({
      ...adapter,
      scan: async (entity, range) => (await adapter.scan(entity, range)).filter(({ synced }) => synced),
    }),
  },
  'a scan that does not show tombstones': {
    fails: 'scans > plain: a scan of keys',
    symptom: /the keys of a scan/,
    replace: ({ adapter }) => ({
      ...adapter,
      scan: async (entity, range) => (await adapter.scan(entity, range)).filter(({ deleted }) => !deleted),
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

/** Keeps the last change of each, and says of the others that they are late. */
async function unordered<C extends Change>(
  changes: readonly C[],
  writeMany: (changes: readonly C[]) => Promise<readonly Written<C>[]>,
  idOf: (change: C) => string,
): Promise<readonly Written<C>[]> {
  const written = await writeMany([...new Map(changes.map((change) => [idOf(change), change])).values()])
  return changes.map((change) => written.find((one) => one.change === change) ?? { change, outcome: 'stale' })
}
