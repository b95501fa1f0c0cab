import type { TombstoneStore } from '../port/tombstone-store.ts'
import type { TombstoneParts } from './tombstones.ts'

/** Loaded when they are pruned: a route that takes deliveries does without. */
export function loadTombstones(parts: TombstoneParts): TombstoneStore {
  const load = async () => (await import('./tombstones.ts')).tombstonesOf(parts)
  return {
    find: async (...which) => (await load()).find(...which),
    remove: async (...which) => (await load()).remove(...which),
  }
}
