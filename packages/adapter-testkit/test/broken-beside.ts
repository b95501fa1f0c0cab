import {
  type Change,
  heldOutcome,
  oneByOne,
  tableNameOf,
  takenOutcome,
  type WriteOutcome,
  withRetries,
} from '@clerk-sync/core/adapter'
import type { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Broken } from './broken-adapter.ts'
import type { Parts } from './memory-harness.ts'

type Adapter = Parts['adapter']
/** The course of a change, of which one piece is wrong. */
type BrokenWrite = (tx: MemoryTransaction, change: Change, steps: typeof goodSteps) => WriteOutcome

export const versionId = ({ entity, key }: Change) => `${tableNameOf(entity)} ${key}`
const isThere = (tx: MemoryTransaction, { entity, key }: Change) => tx.get(tableNameOf(entity), key) !== undefined

const removes = (change: Change) => change.kind === 'delete' && change.mode === 'remove'

/** The pieces as they are right. */
export const goodSteps = {
  /** The outcome where the version is as new; undefined where the change is due. */
  held(tx: MemoryTransaction, change: Change): WriteOutcome | undefined {
    const stored = tx.get('versions', versionId(change))
    if (!stored || String(stored.version) < change.version) return undefined
    return heldOutcome(change, stored.version === change.version, stored.deletedAt !== null || !isThere(tx, change))
  },
  raise(tx: MemoryTransaction, change: Change): void {
    const { entity, key, version } = change
    const deletedAt = change.kind === 'delete' ? change.deletedAt : null
    const id = versionId(change)
    if (tx.get('versions', id)) tx.update('versions', id, { version, deletedAt })
    else tx.insert('versions', { id, tableName: tableNameOf(entity), entityId: key, version, deletedAt })
  },
  settle(tx: MemoryTransaction, change: Change): WriteOutcome {
    const [table, wasThere] = [tableNameOf(change.entity), isThere(tx, change)]
    if (removes(change)) tx.delete(table, change.key)
    else if (wasThere) tx.update(table, change.key, change.values)
    else tx.insert(table, { ...change.values, id: change.key })
    return takenOutcome(change, !wasThere, false)
  },
}

/** An adapter with its versions beside, whose every way of writing goes through one function. */
export function besideAs(
  broken: BrokenWrite,
  { before }: { readonly before?: (parts: Parts, change: Change) => Promise<void> } = {},
): (parts: Parts) => Adapter {
  return (parts) => {
    const { adapter, database, call } = parts
    const alone = async (change: Change): Promise<WriteOutcome> => {
      await before?.(parts, change)
      return call(() => database.transaction((tx) => broken(tx, change, goodSteps)))
    }
    const upsert = alone as Adapter['upsert']
    return {
      ...adapter,
      upsert,
      softDelete: alone as Adapter['softDelete'],
      once: (event, change, hook, options) =>
        withRetries(async () => {
          if (change) await before?.(parts, change)
          return database.transaction(async (tx) => {
            if (tx.get('events', event.id)) return 'duplicate'
            tx.insert('events', { ...event, processedAt: new Date() })
            const row = change && options?.before ? tx.get(tableNameOf(change.entity), change.key) : undefined
            const outcome = change ? await call(async () => broken(tx, change, goodSteps)) : 'unchanged'
            await hook(tx, outcome, row)
            return outcome
          }, call)
        }),
      writeMany: (changes) => oneByOne(changes, alone),
    }
  }
}

/** What a statement saw of the rows before it waited for the lock of the version. */
const snapshots = new WeakMap<Change, boolean>()

/** The tempting ways to keep versions beside a table, each of them wrong. */
export const brokenBeside: Readonly<Record<string, Broken>> = {
  'a removal in one statement whose snapshot is older than its wait': {
    fails: 'removals > default isolation, hooks off: a row that is inserted while its removal waits',
    symptom: /a removed row is there/,
    replace: besideAs(
      (tx, change, { held, raise, settle }) => {
        const outcome = held(tx, change)
        if (outcome) return outcome
        raise(tx, change)
        return change.kind === 'delete' && !snapshots.get(change) ? 'deleted' : settle(tx, change)
      },
      {
        async before({ database }, change) {
          const rows = database.rows(tableNameOf(change.entity), ({ id }) => id === change.key)
          snapshots.set(change, rows.length > 0)
          // Its wait.
          if (change.kind === 'delete') await new Promise(setImmediate)
        },
      },
    ),
  },
  'the row before the version': {
    fails: 'in any order',
    symptom: /the row depends on the order|the outcome of/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = settle(tx, change)
      const stale = held(tx, change)
      if (!stale) raise(tx, change)
      return stale ?? outcome
    }),
  },
  'a version that is raised though the row was refused': {
    fails: 'unique columns',
    symptom: /a clash was half applied|heals|the retry|row/,
    replace: besideAs(
      (tx, change, { held, settle }) => {
        const stored = tx.get('versions', versionId(change))
        // It was raised in a transaction of its own before.
        return stored?.version === change.version && stored.fresh === true
          ? settle(tx, change)
          : (held(tx, change) ?? 'stale')
      },
      {
        async before({ database }, change) {
          await database.transaction((tx) => {
            const isDue = goodSteps.held(tx, change) === undefined
            if (isDue) goodSteps.raise(tx, change)
            if (tx.get('versions', versionId(change))) tx.update('versions', versionId(change), { fresh: isDue })
          })
        },
      },
    ),
  },
  'a row that a duplicate writes again': {
    fails: 'removals > hooks off: a row that the application deleted',
    symptom: /the outcomes of events of a row that is not there/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const isMine = tx.get('versions', versionId(change))?.version === change.version
      const outcome = isMine ? undefined : held(tx, change)
      if (outcome) return outcome
      const wasThere = isThere(tx, change)
      raise(tx, change)
      const settled = settle(tx, change)
      return isMine && wasThere ? 'unchanged' : settled
    }),
  },
  'a duplicate that passes for unchanged where no row is left': {
    fails: 'removals > hooks off: a row that the application deleted',
    symptom: /the outcomes of events of a row that is not there/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = held(tx, change)
      if (!outcome) raise(tx, change)
      return outcome === 'already_deleted' && change.kind === 'upsert' ? 'unchanged' : (outcome ?? settle(tx, change))
    }),
  },
  'a removal that leaves no tombstone': {
    fails: 'in any order',
    symptom: /the row depends on the order|the outcome of/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = held(tx, change)
      if (outcome) return outcome
      if (change.kind === 'upsert') raise(tx, change)
      else tx.delete('versions', versionId(change))
      return settle(tx, change)
    }),
  },
  'an erasing delete that writes no row where there was none': {
    fails: 'deletes > plain, erase: a delete of an id never seen',
    symptom: /the tombstone of an id never seen/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = held(tx, change)
      if (outcome) return outcome
      raise(tx, change)
      const isErasing = change.kind === 'delete' && change.mode === 'erase'
      return isErasing && !isThere(tx, change) ? 'deleted' : settle(tx, change)
    }),
  },
  'an erasing delete that does not raise the version': {
    fails: 'deletes > plain, erase: a delete leaves a tombstone',
    symptom: /outcomes of a delete|the tombstone/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = held(tx, change)
      if (outcome) return outcome
      if (change.kind === 'upsert' || change.mode !== 'erase') raise(tx, change)
      return settle(tx, change)
    }),
  },
  'an erasing delete that removes the row': {
    fails: 'deletes > plain, erase: a delete leaves a tombstone',
    symptom: /the tombstone/,
    replace: besideAs((tx, change, { held, raise, settle }) => {
      const outcome = held(tx, change)
      if (outcome) return outcome
      raise(tx, change)
      return settle(tx, change.kind === 'delete' ? { ...change, mode: 'remove' } : change)
    }),
  },
  'find that takes a removed row for one that was never there': {
    fails: 'removals > find gives no row',
    symptom: /what find gives of a removed row/,
    replace: ({ adapter }) => ({
      ...adapter,
      find: async (entity, key) => {
        const found = await adapter.find(entity, key)
        return found?.row && found
      },
    }),
  },
}
