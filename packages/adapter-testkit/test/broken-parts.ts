import type { Change, WriteOutcome } from '@clerk-sync/core/adapter'
import type { MemoryRow, MemoryTransaction } from '@clerk-sync/core/memory'
import { PART_NAMES, PARTS } from '../src/parts.ts'
import { type Broken, type Write, writingAs } from './broken-adapter.ts'
import type { Parts } from './memory-harness.ts'

/** What an adapter gets wrong of parts. */
interface Faults {
  readonly keyedById?: boolean
  readonly alwaysWritten?: boolean
  readonly neverDeleted?: boolean
  readonly leftByDeletes?: boolean
  readonly replaced?: boolean
}

/** Adapters that write the parts of a user wrongly. */
export const brokenParts: Readonly<Record<string, Broken>> = {
  'parts that are keyed by their id alone': {
    fails: 'parts > parts of other users stay',
    symptom: /the parts of the first user/,
    replace: writingParts({ keyedById: true }),
  },
  "parts that are written where the owner's row is newer": {
    fails: 'parts > deletes erase, hooks off',
    symptom: /the parts after/,
    replace: writingParts({ alwaysWritten: true }),
  },
  'parts that stay when they are not in the snapshot any more': {
    fails: 'parts > a user has no address',
    symptom: /addresses/,
    replace: writingParts({ neverDeleted: true }),
  },
  'parts that stay when their owner is erased': {
    fails: 'parts > deletes erase, hooks off',
    symptom: /the parts after/,
    replace: writingParts({ leftByDeletes: true }),
  },
  'parts that are deleted and inserted anew': {
    fails: "parts > columns of the application's own",
    symptom: /the columns of the parts/,
    replace: writingParts({ replaced: true }),
  },
  'parts that are deleted outside of the transaction': {
    fails: 'parts > a part that the database refuses refuses its owner, hooks off',
    symptom: /the parts of the user who was refused/,
    replace: ({ adapter, database }: Parts) => ({
      ...adapter,
      async upsert(change, options) {
        await database.transaction((tx) => deleteOthers(tx, change, false))
        return adapter.upsert(change, options)
      },
    }),
  },
}

function writingParts(faults: Faults): Broken['replace'] {
  return writingAs((tx, change, write) => writeParts(tx, change, write, faults))
}

function writeParts(tx: MemoryTransaction, change: Change, write: Write, faults: Faults): WriteOutcome {
  const before = tx.get('users', change.key)?.clerkVersion
  const outcome = write(tx, change)
  const isTaken = tx.get('users', change.key)?.clerkVersion !== before
  if (change.entity !== 'user' || !(isTaken || faults.alwaysWritten)) return outcome
  if (change.kind === 'delete') {
    if (change.mode === 'erase' && !faults.leftByDeletes) deleteOthers(tx, change, true)
    return outcome
  }
  if (!faults.neverDeleted) deleteOthers(tx, change, faults.replaced ?? false)
  for (const part of PART_NAMES) {
    for (const { id, values } of change.parts?.[part] ?? []) {
      const { table } = PARTS[part]
      const key = faults.keyedById ? id : `${change.key} ${id}`
      const row = { ...values, userId: change.key, clerkId: id }
      if (tx.get(table, key)) tx.update(table, key, row)
      else tx.insert(table, { ...row, id: key })
    }
  }
  return outcome
}

function deleteOthers(tx: MemoryTransaction, change: Change, all: boolean): void {
  for (const part of PART_NAMES) {
    const { table } = PARTS[part]
    const kept = new Set((change.kind === 'upsert' ? (change.parts?.[part] ?? []) : []).map(({ id }) => id))
    const isGone = ({ userId, clerkId }: MemoryRow) => userId === change.key && (all || !kept.has(String(clerkId)))
    for (const row of tx.rows(table).filter(isGone)) tx.delete(table, String(row.id))
  }
}
