import { tableNameOf } from '../port/given-tables.ts'
import { heldOutcome, takenOutcome } from '../port/outcomes.ts'
import type { Change, Found, WriteOutcome } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import type { MemoryRow, MemoryTransaction } from './memory-database.ts'

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
  const raised = { version, deletedAt: change.kind === 'delete' ? change.deletedAt : null }
  if (stored) tx.update(VERSIONS, idOf(table, key), raised)
  else tx.insert(VERSIONS, { id: idOf(table, key), tableName: table, entityId: key, ...raised })
  return { taken: true, outcome: takenOutcome(change, !isThere, false) }
}

/** Compare-and-set: there is no version of a row that no event has reached. */
function isExpected(stored: MemoryRow | undefined, expected: string, isThere: boolean): boolean {
  return stored ? stored.version === expected : isThere && expected === NO_VERSION
}

/** What follows a raise that took: the row is written, or goes with a delete that removes it. */
export function settle(tx: MemoryTransaction, change: Change): void {
  const { entity, key, values } = change
  const table = tableNameOf(entity)
  if (change.kind === 'delete' && change.mode === 'remove') tx.delete(table, key)
  else if (tx.get(table, key)) tx.update(table, key, values)
  else tx.insert(table, { ...values, id: key })
}

/** The version and the row, or neither: a write that is refused takes the raise with it. */
export function writeBeside(tx: MemoryTransaction, change: Change): WriteOutcome {
  const { taken, outcome } = raise(tx, change)
  if (taken) settle(tx, change)
  return outcome
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

export function idOf(table: string, key: string): string {
  return `${table} ${key}`
}
