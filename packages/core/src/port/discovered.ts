import { isKeptDelete } from './outcomes.ts'
import type { Change, Delete, DeleteMode, TableInfo } from './sync-adapter.ts'
import { LONGEST_VERSION, orderOf, READ, VERSION_LENGTH, versionOf } from './version.ts'

// A delete that a read discovered: an event that was lost, or a 404 that was wrong. Its tombstone lies above every
// snapshot from before the read, below every later one, which proves the read wrong, and below the real delete.
//
// Beside the table, the version of an erased or removed row says so by itself: its first digits are the time of the read,
// and rank 2. In a row, and where the tombstone keeps its values and the order of its snapshots, that is not enough: it has
// a 9 and then 33 digits, above all snapshots until the year 2255. Whoever is held back by it looks again: here where it is
// in the row, in `kept.ts` where it is beside.

/** The first digit of such a version. */
export const MARK = '9'

/**
 * @param deletedAt - the time of the read, in whole seconds, so that no column rounds it
 * @param isBeside - whether the version is beside the table
 */
function discoveredVersion(mode: DeleteMode, seen: string, deletedAt: Date, isBeside: boolean): string {
  const time = deletedAt.getTime()
  if (mode === 'keep') return MARK + (isDiscovered(seen) ? seen.slice(1) : seen.padStart(VERSION_LENGTH, '0'))
  const digits = versionOf({ updatedAt: time, occurredAt: time, rank: 2, messageId: READ })
  return isBeside ? digits : MARK + digits.slice(0, 13).padEnd(VERSION_LENGTH, '9')
}

/** Whether the version in a row is that of a tombstone that a read made. */
export function isDiscovered(version: string): boolean {
  return version.length === LONGEST_VERSION && version.startsWith(MARK)
}

/** A write with compare-and-set, of what {@link overDiscovered} found. */
export interface Replacement {
  /** What replaces the tombstone's version. */
  readonly version: string
  /** Null where the entity lives; undefined where the tombstone stays as it is. */
  readonly deletedAt: Date | null | undefined
  /** Whether the change's values are written. */
  readonly values: boolean
  /** Only where `deleted_at` is earlier. */
  readonly deletedBefore?: Date
}

/**
 * What a change that was held back by a discovered tombstone does to it, by compare-and-set on its version: these are
 * tried in order, until one finds the row. None where the tombstone holds.
 *
 * @param found - the version in the row
 */
export function overDiscovered(change: Change, found: string): readonly Replacement[] {
  if (change.expected !== undefined || !isDiscovered(found)) return []
  const order = found.slice(1)
  if (change.kind === 'delete') {
    // The real delete of a row that keeps its values: its order is what it was.
    return isKeptDelete(change) ? [{ version: orderOf(found), deletedAt: change.deletedAt, values: false }] : []
  }
  if (change.version <= order) return []
  const deletedBefore = new Date(Number(change.version.slice(0, 13)))
  const proven: Replacement = { version: change.version, deletedAt: null, values: true, deletedBefore }
  const isErased = order.endsWith('9'.repeat(VERSION_LENGTH - 13))
  // A snapshot from before the read, newer than what the tombstone keeps.
  return isErased ? [proven] : [proven, { version: MARK + change.version, deletedAt: undefined, values: true }]
}

/** The delete that a read discovered. */
export function discoveredDelete(
  change: Pick<Delete, 'mode' | 'entity' | 'key' | 'values'> & {
    readonly seen: string
    readonly at: number
    /** Of the table: where its versions are. */
    readonly versions: TableInfo['versions']
  },
): Delete {
  const { seen, at, versions, ...rest } = change
  const deletedAt = new Date(at)
  const version = discoveredVersion(rest.mode, seen, deletedAt, versions === 'beside')
  return { kind: 'delete', ...rest, version, deletedAt, expected: seen }
}
