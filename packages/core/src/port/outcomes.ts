import type { Change, Delete, WriteOutcome } from './sync-adapter.ts'

/** Whether a change is a delete that leaves its row the values, the version and the order of its snapshots. */
export function isKeptDelete<C extends { readonly kind: Change['kind']; readonly mode?: Delete['mode'] }>(
  change: C,
): change is C & { readonly kind: 'delete'; readonly mode: 'keep' } {
  return change.kind === 'delete' && change.mode === 'keep'
}

/** Whether a compare-and-set is for a row that is no tombstone. */
export function demandsLive(change: { readonly kind: Change['kind']; readonly live?: boolean }): boolean {
  return change.kind === 'delete' || change.live === true
}

/**
 * What became of a change that its row took. A snapshot that fills in what a tombstone keeps does not bring the entity
 * back.
 *
 * @param inserted - whether there was no row before
 * @param deleted - whether the row is a tombstone now
 */
export function takenOutcome(change: Change, inserted: boolean, deleted: boolean): WriteOutcome {
  if (change.kind === 'delete') return 'deleted'
  return deleted ? 'already_deleted' : inserted ? 'created' : 'updated'
}

/**
 * What became of a change that its row has no need of.
 *
 * @param same - whether the row holds exactly this change, and not a newer one
 * @param deleted - whether the row is a tombstone
 */
export function heldOutcome(change: Pick<Change, 'kind'>, same: boolean, deleted: boolean): WriteOutcome {
  if (same && (change.kind === 'delete' || !deleted)) return 'unchanged'
  return deleted ? 'already_deleted' : 'stale'
}
