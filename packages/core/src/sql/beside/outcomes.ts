import { ClerkSyncError } from '../../errors.ts'
import { heldOutcome, takenOutcome } from '../../port/outcomes.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import type { PartsWriter } from '../parts/parts-writer.ts'
import type { Program } from '../program.ts'
import { type Beside, type BesideStatements, leavesRow, lookedAt } from './beside.ts'

/** Whether the version and the row show a change. */
export function isShown(change: Change, { version, isThere }: Partial<Beside>): boolean {
  return version === change.version && isThere === leavesRow(change)
}

/** The error of a change that was written, and that neither the tables show nor a newer version explains. */
export function* lostIn(
  statements: BesideStatements,
  change: Change,
  parts: PartsWriter | undefined,
): Program<ClerkSyncError | undefined> {
  const found = yield* lookedAt(statements, change.key)
  const isNewer = found.version !== undefined && found.version > change.version
  if (isNewer) return undefined
  if (!isShown(change, found)) return lostBeside(statements, change, found)
  return parts && (yield* parts.lost(change))
}

/** @throws ClerkSyncError `store_failed` where a change that was written is not shown. */
export function* mustShow(statements: BesideStatements, change: Change): Program<void> {
  const found = yield* lookedAt(statements, change.key)
  if (!isShown(change, found)) throw lostBeside(statements, change, found)
}

/**
 * The outcome of a change that did not raise the version.
 *
 * @throws ClerkSyncError `store_failed` where it should have.
 */
export function* mustBeHeld(statements: BesideStatements, change: Change): Program<WriteOutcome> {
  const found = yield* lookedAt(statements, change.key)
  const held = change.expected === undefined ? heldBeside(change, found) : otherThanExpected(change, found)
  if (held === undefined) throw lostBeside(statements, change, found)
  return held
}

/** The outcome of a change whose expected version is not there. */
export function otherThanExpected(change: Change, { version, deleted, isThere }: Beside): WriteOutcome {
  return heldOutcome(change, version === change.version, deleted || !isThere)
}

/**
 * The outcome of a change that is not newer than the version beside; undefined where it is. The version was raised with
 * its row: where that is gone, something else has deleted it since, and a duplicate does not bring it back.
 */
export function heldBeside(change: Change, { version, deleted, isThere }: Beside): WriteOutcome | undefined {
  if (version === undefined || version < change.version) return undefined
  return heldOutcome(change, version === change.version, deleted || !isThere)
}

/** The outcome of a change that took. */
export function takenBeside(change: Change, inserted: boolean): WriteOutcome {
  return takenOutcome(change, inserted, false)
}

/** A write that the database took, and that the tables do not show. Nothing of it is committed. */
export function lostBeside(
  { table, versions }: BesideStatements,
  change: Change,
  { version, isThere }: Partial<Beside>,
  cause?: unknown,
): ClerkSyncError {
  const { key } = change
  const found =
    !leavesRow(change) && isThere
      ? 'the row is still there'
      : leavesRow(change) && !isThere
        ? 'there is no such row, or it is as old as before'
        : `its version in ${versions.name} is ${version === undefined ? 'not there' : 'as old as before'}`
  return new ClerkSyncError(
    'store_failed',
    `${table.name}: the database took the ${leavesRow(change) ? 'write' : 'removal'} of ${key} without an error, and ` +
      `${found}. A trigger, a rule or a row-level security policy of ${table.name} or ${versions.name} drops such writes, ` +
      `or changes their ${table.key}: make it leave them unchanged.`,
    { cause },
  )
}
