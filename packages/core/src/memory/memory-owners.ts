import { tableNameOf } from '../port/given-tables.ts'
import { keptVersion } from '../port/kept.ts'
import { isKeptDelete } from '../port/outcomes.ts'
import type { Change, WriteOutcome } from '../port/sync-adapter.ts'
import { NO_VERSION, occurredAtOf, orderOf } from '../port/version.ts'
import { leavesRowAlone, versionOf } from './memory-beside.ts'
import type { MemoryTransaction } from './memory-database.ts'

/** What is left of a change by what it refers to. */
export interface Rest {
  readonly change: Change
  /** Whether nothing is left but a tombstone. */
  readonly isGone: boolean
}

/**
 * A row that was removed is not "not yet" there: what refers to it becomes what the foreign key would have made of it, had
 * it been there at the removal. `cascade`: no row. The others: NULL; where the column is NOT NULL, no row.
 */
export function restOf(tx: MemoryTransaction, change: Change, isBeside: boolean): Rest {
  if (isBeside && leavesRowAlone(tx, change)) return { change, isGone: false }
  const links = Object.entries(tx.columns(tableNameOf(change.entity))).flatMap(([name, column]) => {
    const { required = false, references } = column
    const id = change.values[name]
    if (!references || typeof id !== 'string' || tx.get(references.table, id)) return []
    const owner = versionOf(tx, references.table, id)
    return owner ? [{ name, goes: references.onDelete === 'cascade' || required, version: String(owner.version) }] : []
  })
  const times = links
    .filter(({ goes }) => goes)
    .map(({ version }) => occurredAtOf(orderOf(version)) || occurredAtOf(change.version))
  if (times.length === 0) {
    const nulls = Object.fromEntries(links.map(({ name }) => [name, null]))
    return { change: { ...change, values: { ...change.values, ...nulls } }, isGone: false }
  }
  if (!isBeside) return { change, isGone: true }
  const { entity, key, expected } = change
  const keeps = isKeptDelete(change)
  const version = keeps ? keptVersion(NO_VERSION) : change.version
  const deletedAt = keeps ? change.deletedAt : new Date(Math.min(...times))
  const only = expected === undefined ? {} : { expected }
  const removal = { kind: 'delete', mode: 'remove', entity, key, version, deletedAt, values: {}, ...only } as const
  return { change: removal, isGone: true }
}

/** What became of an upsert of which nothing is left. */
export function goneOutcome({ kind }: Change, outcome: WriteOutcome): WriteOutcome {
  if (kind === 'delete') return outcome
  if (outcome === 'deleted') return 'owner_deleted'
  return outcome === 'unchanged' ? 'already_deleted' : outcome
}
