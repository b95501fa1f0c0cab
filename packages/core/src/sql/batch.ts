import type { Fault } from '../port/database-fault.ts'
import { isKept } from '../port/kept.ts'
import { newestFirst } from '../port/newest-first.ts'
import type { Change, Upsert, WriteOutcome, Written as WrittenChange } from '../port/sync-adapter.ts'
import type { KnownOutcomes, Upserts } from './columns/columns.ts'
import { signalOf } from './runner.ts'
import { held, type StoredVersion, seenIn, taken } from './written.ts'

/** Rows to a statement, and fewer where its parameters would be too many: while it waits for one, it has the others locked. */
const BATCH = 500

/** One is made while the database works on another. */
const STATEMENTS_IN_FLIGHT = 2

/** How the batches of one table reach the database; each call retries what passes by itself. */
export interface BatchTable {
  /** How many changes like this one `writeMany` can put together. */
  mostRows(change: Upsert): number
  /** What `writeMany` can put together. */
  shapeOf(change: Upsert): string
  writeMany(changes: Upserts, signal: AbortSignal): Promise<void>
  /** Writes what is due of these in one statement, where the database can; says what is known of those that it wrote. */
  writeColumns?(changes: Upserts, signal: AbortSignal): Promise<KnownOutcomes | undefined>
  /** Of those keys that have a row or a version. */
  versions(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, StoredVersion>>
}

/**
 * Writes many rows in few statements. A batch that is refused is halved until the row that is at fault stands alone.
 * Deletes, and what is to replace a certain version, go alone.
 */
export async function writeBatches<C extends Change>(
  changes: readonly C[],
  tableOf: (change: Change) => BatchTable,
  write: (change: Change) => Promise<WriteOutcome>,
  faultOf: (error: unknown) => Fault | undefined,
  signal?: AbortSignal,
): Promise<readonly WrittenChange<C>[]> {
  return newestFirst(changes, (round) => writeRound(round, tableOf, write, faultOf, signal))
}

async function writeRound<C extends Change>(
  round: readonly C[],
  tableOf: (change: Change) => BatchTable,
  write: (change: Change) => Promise<WriteOutcome>,
  faultOf: (error: unknown) => Fault | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly WrittenChange<C>[]> {
  const results: WrittenChange<C>[] = []
  // A caller that sets no limit for the batch does not wait for ever for a statement.
  const ownSignal = () => signalOf(signal && { signal })

  /** Whether a row may be at fault. A statement that was given up may run still: fewer rows would wait behind it, and as long. */
  function isOfRow(error: unknown, limit: AbortSignal): boolean {
    return !limit.aborted && faultOf(error) !== 'transient'
  }

  async function writeOne(change: C): Promise<void> {
    signal?.throwIfAborted()
    try {
      results.push({ change, outcome: await write(change) })
    } catch (error) {
      results.push({ change, error })
    }
  }

  async function writeSome(table: BatchTable, batch: readonly (C & Upsert)[]): Promise<void> {
    signal?.throwIfAborted()
    const keys = batch.map((change) => change.key)
    const before = await table.versions(keys, ownSignal())
    const due: (C & Upsert)[] = []
    for (const change of batch) {
      const written = held(change, seenIn(before, change))
      // Alone or as tuples, what is not due is not sent: it would run the application's triggers, and on MySQL refuse the whole statement.
      if (!written) due.push(change)
      else if (isKept(before.get(change.key)?.version ?? '')) await writeOne(change)
      else results.push({ change, outcome: written.outcome })
    }
    const [first, ...others] = due
    if (!first) return
    if (others.length === 0) return writeOne(first)
    const limit = ownSignal()
    try {
      await table.writeMany([first, ...others], limit)
    } catch (error) {
      if (!isOfRow(error, limit)) throw error
      const middle = due.length >> 1
      await writeSome(table, due.slice(0, middle))
      return writeSome(table, due.slice(middle))
    }
    // No number of rows says which were written. What is not there is written alone, and says why.
    const after = await table.versions(keys, ownSignal())
    for (const change of due) {
      const found = seenIn(after, change)
      if (!held(change, found) || isKept(after.get(change.key)?.version ?? '')) await writeOne(change)
      else results.push({ change, outcome: taken(change, !before.get(change.key)?.isThere, found.deleted).outcome })
    }
  }

  /** Gives those of which nothing is known then: they were not due, or one of them was refused. */
  async function writeColumns(table: BatchTable, group: readonly (C & Upsert)[]): Promise<readonly (C & Upsert)[]> {
    const known = new Map<string, WriteOutcome>()
    await allOf(slices(group, BATCH), STATEMENTS_IN_FLIGHT, async ([first, ...others]) => {
      if (!first || others.length === 0) return
      signal?.throwIfAborted()
      const limit = ownSignal()
      try {
        const written = await table.writeColumns?.([first, ...others], limit)
        for (const [key, outcome] of written ?? []) known.set(key, outcome)
      } catch (error) {
        if (!isOfRow(error, limit)) throw error
        // Nothing of it was written: the row that is at fault is found, and reported, below.
      }
    })
    return group.filter((change) => {
      const outcome = known.get(change.key)
      if (outcome !== undefined) results.push({ change, outcome })
      return outcome === undefined
    })
  }

  for (const change of round) if (!isBatched(change)) await writeOne(change)
  for (const [table, group] of groups(round.filter(isBatched), tableOf)) {
    const rows = Math.max(1, Math.min(BATCH, table.mostRows(group[0] as Upsert)))
    for (const some of slices(await writeColumns(table, group), rows)) await writeSome(table, some)
  }
  return results
}

function isBatched<C extends Change>(change: C): change is C & Upsert {
  // Parts are written in a transaction of their owner's.
  return change.kind === 'upsert' && change.expected === undefined && change.parts === undefined
}

/** Resolves, or rejects, when none is underway any more; after one that failed, no other is begun. */
async function allOf<T>(values: readonly T[], atOnce: number, run: (value: T) => Promise<void>): Promise<void> {
  const queue = [...values]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next)
  }
  const ended = await Promise.allSettled(
    Array.from({ length: atOnce }, () =>
      worker().catch((error: unknown) => {
        queue.length = 0
        throw error
      }),
    ),
  )
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

function slices<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
}

/** Changes that one statement can hold. */
function groups<C extends Upsert>(
  changes: readonly C[],
  tableOf: (change: C) => BatchTable,
): Iterable<[BatchTable, C[]]> {
  const byShape = new Map<string, [BatchTable, C[]]>()
  for (const change of changes) {
    const table = tableOf(change)
    const shape = `${change.entity} ${table.shapeOf(change)}`
    const group = byShape.get(shape)
    if (group) group[1].push(change)
    else byShape.set(shape, [table, [change]])
  }
  return byShape.values()
}
