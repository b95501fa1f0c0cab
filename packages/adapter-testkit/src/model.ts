import type { WriteOutcome } from '@clerk-sync/core'
import type { KitEvent } from './history.ts'
import type { OnDelete } from './on-delete.ts'
import { emptyRow, type RowValues } from './row.ts'
import { type SyncedTableName, TABLES } from './tables.ts'

export type { OnDelete } from './on-delete.ts'

/** What is asked of a history: whose row, in which mode, over what was there before. */
export interface Setting {
  readonly table: SyncedTableName
  readonly key: string
  readonly onDelete: OnDelete
  /** The row that was there before any event. */
  readonly before?: RowValues | undefined
}

/**
 * The specification: what a row holds after a set of events, whatever their order and number; undefined for no row.
 *
 * - The newest snapshot's values stand.
 * - A delete is newer than any snapshot. In `erase` mode its tombstone stands; in `keep` mode it marks the row, and the
 *   snapshots keep their order among themselves. In `remove` mode nothing but the tombstone beside is left.
 */
export function expectedRow(setting: Setting, events: readonly KitEvent[]): RowValues | undefined {
  const { table, key, onDelete, before } = setting
  if (events.length === 0) return before
  const row = { ...emptyRow(table), ...before, [TABLES[table].key]: key }
  const deletes = events.filter((event) => event.deletes)
  const newest = largest(onDelete === 'keep' ? events.filter((event) => !event.deletes) : events)
  if (onDelete === 'remove' && newest?.deletes) {
    return { [TABLES[table].key]: key, clerkVersion: newest.version, deletedAt: newest.event.timestamp }
  }
  const written = newest && newest.version > String(row.clerkVersion)
  return {
    ...row,
    ...(written ? { ...newest.values, clerkVersion: newest.version } : before ? {} : valuesOf(deletes)),
    deletedAt: deletedAt(onDelete === 'keep' ? deletes : newest?.deletes ? [newest] : [], row.deletedAt),
  }
}

/** What the one event that is applied after the others does. */
export function expectedOutcome(setting: Setting, applied: readonly KitEvent[], event: KitEvent): WriteOutcome {
  const before = expectedRow(setting, applied)
  const after = expectedRow(setting, [...applied, event])
  if (event.deletes) {
    const changed = !before || before.clerkVersion !== after?.clerkVersion || before.deletedAt !== after?.deletedAt
    if (changed) return 'deleted'
    const same =
      setting.onDelete === 'keep' ? before.deletedAt === event.event.timestamp : before.clerkVersion === event.version
    return same ? 'unchanged' : 'already_deleted'
  }
  if (!before) return 'created'
  if (before.deletedAt !== null) return 'already_deleted'
  if (before.clerkVersion !== after?.clerkVersion) return 'updated'
  return before.clerkVersion === event.version ? 'unchanged' : 'stale'
}

function largest(events: readonly KitEvent[]): KitEvent | undefined {
  return events.reduce<KitEvent | undefined>(
    (best, event) => (best && best.version > event.version ? best : event),
    undefined,
  )
}

/** A row that a keeping delete had to insert holds what the table cannot do without. */
function valuesOf(deletes: readonly KitEvent[]): RowValues {
  const values = Object.entries(deletes[0]?.values ?? {})
  return Object.fromEntries(values.filter(([, value]) => value !== null))
}

function deletedAt(deletes: readonly KitEvent[], before: unknown): unknown {
  const times = deletes.map(({ event }) => event.timestamp)
  return times.length === 0 ? (before ?? null) : Math.max(...times, typeof before === 'number' ? before : 0)
}
