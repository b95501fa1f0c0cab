import { heldOutcome, isKeptDelete, takenOutcome } from '../port/outcomes.ts'
import type { Change, WriteOutcome } from '../port/sync-adapter.ts'
import type { Row, RunResult } from './program.ts'

/** What became of a write. */
export interface Written {
  readonly outcome: WriteOutcome
  /** Whether there was no row before. */
  readonly inserted: boolean
  /** Whether the row has the change's values from it: its parts go with them. */
  readonly filled: boolean
  /** Whether triggers of the application may run at the commit, after all looks. */
  readonly mayBeDeferred?: boolean
}

/** What a look found: no row, an older one, one that holds exactly the change, or a newer one. */
export interface Seen {
  readonly found: 'absent' | 'older' | 'same' | 'newer'
  /** Whether it is a tombstone. */
  readonly deleted: boolean
}

/** What is known of a key's past. */
export interface StoredVersion {
  readonly version: string
  /** Whether there is a tombstone, or was a row that something else has deleted. */
  readonly deleted: boolean
  readonly isThere: boolean
}

/** Reads the result of {@link ChangeStatements.look}. */
export function seen({ rows }: RunResult, change: Change): Seen {
  // A collation that ignores case finds others as well, and a column of fixed width pads.
  const row = rows.find(({ clerk_key }) => String(clerk_key).trimEnd() === change.key)
  if (!row) return { found: 'absent', deleted: false }
  const found = (['older', 'same', 'newer'] as const)[Number(row.clerk_holds)] ?? 'older'
  return { found, deleted: Number(row.clerk_deleted) === 1 }
}

/** Reads the result of {@link ColumnStatements.versions}. */
export function storedVersions({ rows }: RunResult): ReadonlyMap<string, StoredVersion> {
  return new Map(
    rows.map((row) => [
      String(row.clerk_key).trimEnd(),
      { version: String(row.clerk_version), deleted: Number(row.clerk_deleted) === 1, isThere: true },
    ]),
  )
}

/** What there is of a change, by the versions of many. */
export function seenIn(stored: ReadonlyMap<string, StoredVersion>, { key, version }: Change): Seen {
  const row = stored.get(key)
  if (!row) return { found: 'absent', deleted: false }
  const found = row.version < version ? 'older' : row.version === version ? 'same' : 'newer'
  return { found, deleted: row.deleted }
}

/** A write that its row took. */
export function taken(change: Change, inserted: boolean, deleted: boolean, filled = !isKeptDelete(change)): Written {
  return { outcome: takenOutcome(change, inserted, deleted), inserted, filled }
}

/** A write that its row has no need of, since it holds the change or a newer one; undefined where it does not. */
export function held(change: Change, { found, deleted }: Seen): Written | undefined {
  if (found === 'absent' || found === 'older') return undefined
  return { outcome: heldOutcome(change, found === 'same', deleted), inserted: false, filled: false }
}

/** Whether a write gave the change back: a trigger may have changed the row on its way. A kept tombstone's date may be rounded. */
export function isStored({ clerk_key, clerk_guard }: Row, change: Change): boolean {
  return clerk_key === change.key && (isKeptDelete(change) ? clerk_guard !== null : clerk_guard === change.version)
}
