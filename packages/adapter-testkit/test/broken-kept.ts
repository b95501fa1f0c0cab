import {
  type Change,
  comparedTime,
  type FoundBeside,
  type KeepingWrite,
  keepingOutcome,
  keepingWrite,
  tableNameOf,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import type { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Broken } from './broken-adapter.ts'
import { besideAs, versionId } from './broken-beside.ts'
import { bury, linksOf } from './broken-owners.ts'

const keeps = (change: Change) => change.kind === 'delete' && change.mode === 'keep'

/** An adapter that gets wrong what is due to a tombstone that keeps its values. */
function keepingAs(
  broken: (due: KeepingWrite | undefined, change: Change, found: FoundBeside) => KeepingWrite | undefined,
  /** What becomes of a change whose owner was removed. */
  withoutOwner: (tx: MemoryTransaction, change: Change) => WriteOutcome | undefined = () => undefined,
): Broken['replace'] {
  return besideAs((tx, change, { held, raise, settle }) => {
    const outcome = withoutOwner(tx, change)
    if (outcome) return outcome
    const found = foundIn(tx, change)
    const write = broken(keepingWrite(change, found), change, found)
    if (!write && !keeps(change)) {
      const outcome = held(tx, change)
      if (outcome) return outcome
      raise(tx, change)
      return settle(tx, change)
    }
    if (write) {
      if (write.values === null) tx.delete(tableNameOf(change.entity), change.key)
      if (write.values) settle(tx, { ...change, kind: 'upsert', values: write.values } as Change)
      if (found.version === undefined) raise(tx, change)
      tx.update('versions', versionId(change), { version: write.version, deletedAt: write.deletedAt })
    }
    return keepingOutcome(change, found, write)
  })
}

function foundIn(tx: MemoryTransaction, change: Change): FoundBeside {
  const stored = tx.get('versions', versionId(change))
  const deletedAt = stored?.deletedAt as Date | null | undefined
  const ms = deletedAt ? deletedAt.getTime() - comparedTime(change).getTime() : Number.NaN
  return {
    version: stored && String(stored.version),
    deleted: Boolean(deletedAt),
    isThere: tx.get(tableNameOf(change.entity), change.key) !== undefined,
    deletedAt: ms < 0 ? 'earlier' : ms > 0 ? 'later' : ms === 0 ? 'same' : undefined,
  }
}

const isFilled = (change: Change, due: KeepingWrite | undefined) =>
  change.kind === 'upsert' && due?.deletedAt === undefined

/** The tempting ways to keep the values of a deleted row whose version is beside it, each of them wrong. */
export const brokenKept: Readonly<Record<string, Broken>> = {
  'a keeping delete whose version is above all snapshots': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /a delete that keeps changed more than deletedAt|not the newest snapshot/,
    replace: keepingAs((due, change) => (keeps(change) && due ? { ...due, version: change.version } : due)),
  },
  'a keeping delete that leaves the version as it is': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /the outcomes of snapshots after a delete that keeps/,
    replace: keepingAs((due, change, { version }) => (keeps(change) && due && version ? { ...due, version } : due)),
  },
  'a keeping delete of an id never seen that writes no row': {
    fails: 'deletes > plain, keep: a delete of an id never seen',
    symptom: /the tombstone of an id never seen/,
    replace: keepingAs((due, change) => (keeps(change) && due ? { ...due, values: undefined } : due)),
  },
  'a late snapshot that brings a kept row back to life': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /the outcomes of snapshots after a delete that keeps/,
    replace: keepingAs((due, change) => (due && isFilled(change, due) ? { ...due, deletedAt: null } : due)),
  },
  'a late snapshot that a kept row does not take': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /not the newest snapshot/,
    replace: keepingAs((due, change) => (isFilled(change, due) ? undefined : due)),
  },
  'a late snapshot that leaves the order of snapshots as it was': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /not the newest snapshot/,
    replace: keepingAs((due, change, { version }) =>
      due && isFilled(change, due) && version ? { ...due, version } : due,
    ),
  },
  'a kept row that the application deleted, and a late snapshot writes again': {
    fails: 'deletes > keep: a row that the application deleted',
    symptom: /a late snapshot wrote/,
    replace: keepingAs((due, change) => (due && isFilled(change, due) ? { ...due, values: change.values } : due)),
  },
  'a kept row that stays though what its late snapshot refers to was removed': {
    fails: 'foreign keys > a domain whose delete keeps it ends alike',
    symptom: /a kept row without its organization/,
    replace: keepingAs(
      (due) => due,
      (tx, change) => (linksOf(tx, change).length > 0 ? bury(tx, change) : undefined),
    ),
  },
  'a discovered tombstone that keeps, and nothing proves wrong': {
    fails: 'discovered deletes > keep: a later snapshot proves a discovered delete wrong',
    symptom: /the row after a later snapshot/,
    replace: keepingAs((due, change) =>
      change.kind === 'upsert' && due?.deletedAt === null
        ? { ...due, version: `9${due.version}`, deletedAt: undefined }
        : due,
    ),
  },
  'a discovered tombstone that keeps, and the real delete leaves': {
    fails: 'discovered deletes > keep: the real delete replaces a discovered one',
    symptom: /the row after the real delete/,
    replace: keepingAs((due, change, { version }) =>
      keeps(change) && change.expected === undefined && version?.startsWith('9') ? undefined : due,
    ),
  },
}
