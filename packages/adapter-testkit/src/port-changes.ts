import type { Change, Delete, SyncAdapter, Upsert } from '@clerk-sync/core/adapter'
import type { History, KitEvent } from './history.ts'
import { portValues } from './row.ts'

/** The change that an event stands for, as an adapter is handed it. */
export function upsertOf(history: History, { version, values }: KitEvent): Upsert {
  return {
    kind: 'upsert',
    entity: history.entity,
    key: history.key,
    version,
    values: portValues(history.table, values),
  }
}

export function deleteOf(history: History, { version, values, event }: KitEvent, mode = history.onDelete): Delete {
  const { entity, key, table } = history
  const isWritten = (value: unknown) => mode === 'erase' || (mode === 'keep' && value !== null)
  const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => isWritten(value)))
  const deletedAt = new Date(event.timestamp)
  return { kind: 'delete', mode, entity, key, version, deletedAt, values: portValues(table, kept) }
}

/** The counts of a batch that did nothing. */
export const NOTHING_WRITTEN = {
  created: 0,
  updated: 0,
  owner_deleted: 0,
  unchanged: 0,
  stale: 0,
  already_deleted: 0,
  deleted: 0,
}

/** Writes a batch, and counts what became of its changes; the refused ones come with their errors. */
export async function writeBatch<C extends Change>(adapter: Pick<SyncAdapter, 'writeMany'>, changes: readonly C[]) {
  const results = await adapter.writeMany(changes)
  const counts = { ...NOTHING_WRITTEN }
  const failed: { readonly change: C; readonly error: unknown }[] = []
  for (const { change, outcome, error } of results) {
    if (outcome === undefined) failed.push({ change, error })
    else counts[outcome]++
  }
  return { ...counts, failed }
}

/** Writes changes of one shape as those of deliveries that come at the same time: by itself what no batch has written. */
export async function writeTogether(adapter: SyncAdapter, changes: readonly Upsert[]): Promise<void> {
  const ordered = [...changes].sort((a, b) => (a.key < b.key ? -1 : 1))
  const written = await adapter.batching?.write(ordered)
  for (const change of ordered) if (!written?.has(change.key)) await adapter.upsert(change)
}
