import type { Upsert } from './sync-adapter.ts'

/** Of several changes to one key the one with the largest version; in the order of keys, so that two backfills do not deadlock. */
export function newestPerKey(changes: readonly Upsert[]): Upsert[] {
  const newest = new Map<string, Upsert>()
  for (const change of changes) {
    const id = `${change.entity} ${change.key}`
    const other = newest.get(id)
    if (!other || other.version < change.version) newest.set(id, change)
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change)
}
