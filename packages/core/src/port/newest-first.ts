import { isKeptDelete } from './outcomes.ts'
import type { Change, WriteOutcome, Written } from './sync-adapter.ts'

/**
 * `writeMany` for adapters that write one change a key at a time: in rounds. The newest of each key first, in the order of
 * keys, so that two batches do not deadlock; one that was refused is followed by the next older.
 *
 * @param writeRound - writes changes to different keys, and resolves when they are committed; one result for each
 */
export async function newestFirst<C extends Change>(
  changes: readonly C[],
  writeRound: (round: readonly C[]) => Promise<readonly Written<C>[]>,
): Promise<readonly Written<C>[]> {
  const results = new Map<C, Written<C>>()
  const keys = byKey(changes)
  for (;;) {
    const round = keys.flatMap(([first]) => first ?? [])
    if (round.length === 0) return changes.map((change) => results.get(change) as Written<C>)
    for (const written of await writeRound(round)) results.set(written.change, written)
    for (const waiting of keys) {
      const done = waiting.shift()
      if (!done || !isOrdered(done)) continue
      const outcome = results.get(done)?.outcome
      if (outcome === undefined) continue
      // What no version orders comes first: all that still waits is older.
      for (const older of waiting.splice(0)) results.set(older, superseded(older, done, outcome))
    }
  }
}

/** `writeMany` for adapters that write one change at a time. */
export function oneByOne<C extends Change>(
  changes: readonly C[],
  write: (change: C) => Promise<WriteOutcome>,
): Promise<readonly Written<C>[]> {
  return newestFirst(changes, async (round) => {
    const written: Written<C>[] = []
    for (const change of round) {
      written.push(
        await write(change).then(
          (outcome) => ({ change, outcome }),
          (error: unknown) => ({ change, error }),
        ),
      )
    }
    return written
  })
}

/** The changes of each key, in the order in which they are written. */
export function byKey<C extends Change>(changes: readonly C[]): C[][] {
  const byKey = new Map<string, C[]>()
  for (const change of new Set(changes)) {
    const id = `${change.entity} ${change.key}`
    const group = byKey.get(id)
    if (group) group.push(change)
    else byKey.set(id, [change])
  }
  for (const group of byKey.values()) group.sort(byVersion)
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

function byVersion(a: Change, b: Change): number {
  if (!isOrdered(a) || !isOrdered(b)) return Number(isOrdered(a)) - Number(isOrdered(b))
  return a.version < b.version ? 1 : a.version > b.version ? -1 : 0
}

/** Whether the version alone says which of two stays. A tombstone that keeps its values leaves its row the version. */
function isOrdered(change: Change): boolean {
  return change.expected === undefined && !isKeptDelete(change)
}

/** What became of a change that was not written, since a newer one of its key was. */
export function superseded<C extends Change>(change: C, by: Change, outcome: WriteOutcome): Written<C> {
  const isGone = outcome === 'deleted' || outcome === 'already_deleted' || outcome === 'owner_deleted'
  if (change.version === by.version) return { change, outcome: isGone ? 'already_deleted' : 'unchanged' }
  return { change, outcome: isGone ? 'already_deleted' : 'stale' }
}
