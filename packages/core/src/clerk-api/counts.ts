import type { WriteOutcome } from '../port/sync-adapter.ts'
import type { Counts, CountsByEntity, ListedEntity } from './types.ts'

const NONE: Counts = {
  created: 0,
  updated: 0,
  deleted: 0,
  owner_deleted: 0,
  unchanged: 0,
  stale: 0,
  already_deleted: 0,
  failed: 0,
}

/** What became of the changes of a run, by entity. */
export class CountsOfRun {
  readonly #counts: { [E in ListedEntity]?: Record<WriteOutcome | 'failed', number> }

  /** @param before - of the checkpoint that the run goes on from */
  constructor(entities: readonly ListedEntity[], before: CountsByEntity = {}) {
    this.#counts = Object.fromEntries(entities.map((entity) => [entity, { ...NONE, ...before[entity] }]))
  }

  add(entity: ListedEntity, outcome: WriteOutcome | 'failed'): void {
    const counts = this.#counts[entity]
    if (counts) counts[outcome]++
  }

  /** A copy: what a caller keeps does not change under its hands. */
  all(): CountsByEntity {
    return structuredClone(this.#counts)
  }

  get failed(): number {
    return Object.values(this.#counts).reduce((sum, { failed }) => sum + failed, 0)
  }
}
