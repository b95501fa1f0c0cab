import { isDiscovered, MARK } from './discovered.ts'
import { heldOutcome, isKeptDelete, takenOutcome } from './outcomes.ts'
import type { Change, Delete, Values, WriteOutcome } from './sync-adapter.ts'
import { DELETED, LONGEST_VERSION, NO_VERSION, orderOf, VERSION_LENGTH } from './version.ts'

// A tombstone that keeps its values, with its version beside the table: an 8, and the 33 digits of the newest snapshot in
// its row. The guard holds back all snapshots until the year 2223, and takes the deletes that erase or remove. Whoever is
// held back looks again, here: a snapshot that is newer than the row's is filled in under the same mark, and `deleted_at`
// stays. A tombstone that a read made has a 9, as in a row, and a later snapshot proves it wrong.

const KEPT = '8'

/** The version of a tombstone that keeps a row whose newest snapshot is of this one. */
export function keptVersion(order: string): string {
  return KEPT + order.padStart(VERSION_LENGTH, '0')
}

/** Whether a version beside a table is that of a tombstone that keeps its values. */
export function isKept(version: string): boolean {
  return isDiscovered(version) || (version.length === LONGEST_VERSION && version.startsWith(KEPT))
}

/** What is there of a key whose version is beside its table. */
export interface FoundBeside {
  /** Undefined where no event has reached it. */
  readonly version: string | undefined
  readonly deleted: boolean
  readonly isThere: boolean
  /** Its `deleted_at`, compared with {@link comparedTime}; undefined where there is none. */
  readonly deletedAt: 'earlier' | 'same' | 'later' | undefined
}

/** What is written by compare-and-set on the version that was found. */
export interface KeepingWrite {
  readonly version: string
  /** Null where the entity lives; undefined where it stays as it is. */
  readonly deletedAt: Date | null | undefined
  /** Of the row; undefined where that stays as it is, null where the row goes. */
  readonly values: Values | null | undefined
}

/** What `deleted_at` is compared with: when a delete was, or from when a snapshot is. */
export function comparedTime(change: Change): Date {
  const isDelete = change.kind === 'delete' && !isOfSnapshot(change)
  return isDelete ? change.deletedAt : new Date(Number(change.version.slice(0, 13)))
}

/**
 * What a delete that keeps the values writes beside the table, and a snapshot that came to such a tombstone, or what is
 * left of it where its owner was removed; undefined where that holds already.
 */
export function keepingWrite(change: Change, found: FoundBeside): KeepingWrite | undefined {
  if (isKeptDelete(change)) return marked(change, found)
  if (change.expected !== undefined || !found.deleted) return undefined
  if (change.kind === 'upsert') return filled(change, found)
  return isOfSnapshot(change) ? emptied(change, found) : undefined
}

/** Whether a change is a snapshot, or the removal that is left of one: the order of deletes is above all of theirs. */
export function isOfSnapshot(change: Change): boolean {
  const { version } = change
  return (
    change.kind === 'upsert' || (change.mode === 'remove' && version.length === VERSION_LENGTH && version < DELETED)
  )
}

/** What became of a change by {@link keepingWrite}. */
export function keepingOutcome(change: Change, found: FoundBeside, write: KeepingWrite | undefined): WriteOutcome {
  // A snapshot of which nothing is left, and the tombstone stays what it was.
  if (write && change.kind === 'delete' && write.deletedAt === undefined) return 'already_deleted'
  if (write) return takenOutcome(change, !found.isThere, write.deletedAt !== null)
  const same = change.version === found.version
  if (change.expected !== undefined) return heldOutcome(change, same, found.deleted || !found.isThere)
  return heldOutcome(change, same || found.deletedAt === 'same', true)
}

function marked(change: Change & { kind: 'delete' }, found: FoundBeside): KeepingWrite | undefined {
  const { deletedAt, expected } = change
  const { version = NO_VERSION, isThere } = found
  const mark = (as: string): KeepingWrite => ({ version: as, deletedAt, values: undefined })
  if (expected !== undefined) {
    const isOther = found.deleted || version !== expected || (version === NO_VERSION && !isThere)
    return isOther ? undefined : mark(change.version)
  }
  if (!found.deleted) {
    // Only of a key never seen: a row that something else has deleted is not written again.
    const isNew = found.version === undefined && !isThere
    return { ...mark(keptVersion(version)), values: isNew ? change.values : undefined }
  }
  if (isDiscovered(version)) return mark(keptVersion(orderOf(version)))
  if (isKept(version)) return found.deletedAt === 'earlier' ? mark(version) : undefined
  // Without its owner, or what a read has deleted while the table kept no values.
  if (version < DELETED) return mark(keptVersion(version))
  return version < change.version ? mark(change.version) : undefined
}

function filled({ version, values }: Pick<Change, 'version' | 'values'>, found: FoundBeside): KeepingWrite | undefined {
  const { version: stored = NO_VERSION, isThere } = found
  if (!isKept(stored) || version <= orderOf(stored)) return undefined
  const isRead = isDiscovered(stored)
  if (isRead && found.deletedAt === 'earlier') return { version, deletedAt: null, values }
  // A row that something else has deleted takes the order of its snapshots alone.
  return { version: (isRead ? MARK : KEPT) + version, deletedAt: undefined, values: isThere ? values : undefined }
}

/** Its owner's removal would have taken the row that the snapshot fills in. */
function emptied(change: Delete, found: FoundBeside): KeepingWrite | undefined {
  const due = filled(change, found)
  const deletedAt = due?.deletedAt === null ? change.deletedAt : undefined
  return due && { version: due.version, deletedAt, values: found.isThere ? null : undefined }
}
