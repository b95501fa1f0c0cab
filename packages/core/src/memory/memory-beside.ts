import { tableNameOf } from '../port/given-tables.ts'
import { comparedTime, type FoundBeside, keepingOutcome, keepingWrite } from '../port/kept.ts'
import { heldOutcome, isKeptDelete, takenOutcome } from '../port/outcomes.ts'
import type { Change, Found, WriteOutcome } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import type { MemoryRow, MemoryTransaction } from './memory-database.ts'
import { removeParts, writeParts } from './memory-parts.ts'
import { idOf } from './row-id.ts'

const VERSIONS = 'versions'

/** What a raise of the version has found. */
export interface Raised {
  readonly outcome: WriteOutcome
  /** Whether the version was smaller: then, and only then, the row is written or removed, in the same transaction. */
  readonly taken: boolean
}

/** The guard of a table whose versions are beside it. */
export function raise(tx: MemoryTransaction, change: Change): Raised {
  const { entity, key, version } = change
  const table = tableNameOf(entity)
  const isThere = tx.get(table, key) !== undefined
  const stored = versionOf(tx, table, key)
  const { expected } = change
  const isDue =
    expected === undefined ? !stored || String(stored.version) < version : isExpected(stored, expected, isThere)
  if (!isDue) {
    // A row that was written once, and that something else has deleted since, is not written again.
    const isGone = (stored && stored.deletedAt !== null) || !isThere
    return { taken: false, outcome: heldOutcome(change, stored?.version === version, isGone) }
  }
  setVersion(tx, change, { version, deletedAt: change.kind === 'delete' ? change.deletedAt : null })
  return { taken: true, outcome: takenOutcome(change, !isThere, false) }
}

function setVersion(tx: MemoryTransaction, { entity, key }: Change, written: MemoryRow): void {
  const table = tableNameOf(entity)
  if (versionOf(tx, table, key)) tx.update(VERSIONS, idOf(table, key), written)
  else tx.insert(VERSIONS, { id: idOf(table, key), tableName: table, entityId: key, ...written })
}

/** Compare-and-set: there is no version of a row that no event has reached. */
function isExpected(stored: MemoryRow | undefined, expected: string, isThere: boolean): boolean {
  return stored ? stored.version === expected : isThere && expected === NO_VERSION
}

/** What follows a raise that took: the row is written, or goes with a delete that removes it. */
export function settle(tx: MemoryTransaction, change: Change): void {
  if (change.kind === 'delete') removeParts(tx, change)
  if (change.kind === 'delete' && change.mode === 'remove') tx.delete(tableNameOf(change.entity), change.key)
  else writeRow(tx, change)
  if (change.kind === 'upsert') writeParts(tx, change)
}

function writeRow(tx: MemoryTransaction, { entity, key, values }: Pick<Change, 'entity' | 'key' | 'values'>): void {
  const table = tableNameOf(entity)
  if (tx.get(table, key)) tx.update(table, key, values)
  else tx.insert(table, { ...values, id: key })
}

/** The version and the row, or neither: a write that is refused takes the raise with it. */
export function writeBeside(tx: MemoryTransaction, change: Change): WriteOutcome {
  const found = foundBeside(tx, change)
  const write = keepingWrite(change, found)
  if (write || isKeptDelete(change)) {
    if (write?.values) {
      writeRow(tx, { ...change, values: write.values })
      if (change.kind === 'upsert') writeParts(tx, change)
    } else if (write?.values === null) {
      removeParts(tx, change)
      tx.delete(tableNameOf(change.entity), change.key)
    }
    // A `deletedAt` that is undefined is not written.
    if (write) setVersion(tx, change, { version: write.version, deletedAt: write.deletedAt })
    return keepingOutcome(change, found, write)
  }
  const { taken, outcome } = raise(tx, change)
  if (taken) settle(tx, change)
  return outcome
}

/** Whether a change is due to a tombstone that keeps its values, or makes one. */
export function isDueToKept(tx: MemoryTransaction, change: Change): boolean {
  return keepingWrite(change, foundBeside(tx, change)) !== undefined
}

/** Whether a change leaves its row as it is, whatever its values are. */
export function leavesRowAlone(tx: MemoryTransaction, change: Change): boolean {
  const write = keepingWrite(change, foundBeside(tx, change))
  return write ? write.values === undefined : isKeptDelete(change)
}

function foundBeside(tx: MemoryTransaction, change: Change): FoundBeside {
  const table = tableNameOf(change.entity)
  const stored = versionOf(tx, table, change.key)
  const deletedAt = (stored?.deletedAt as Date | null | undefined) ?? undefined
  const compared = deletedAt && Math.sign(deletedAt.getTime() - comparedTime(change).getTime())
  return {
    version: stored && String(stored.version),
    deleted: deletedAt !== undefined,
    isThere: tx.get(table, change.key) !== undefined,
    deletedAt: compared === undefined ? undefined : compared < 0 ? 'earlier' : compared > 0 ? 'later' : 'same',
  }
}

export function findBeside(tx: MemoryTransaction, table: string, key: string): Found | undefined {
  const row = tx.get(table, key)
  const stored = versionOf(tx, table, key)
  const deleted = stored !== undefined && stored.deletedAt !== null
  if (!row && !deleted) return undefined
  return { row, deleted, synced: stored !== undefined, version: String(stored?.version ?? NO_VERSION) }
}

/** What is kept of a key beside its table. */
export function versionOf(tx: MemoryTransaction, table: string, key: string): MemoryRow | undefined {
  return tx.get(VERSIONS, idOf(table, key))
}
