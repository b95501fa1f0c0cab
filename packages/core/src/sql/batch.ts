import type { Fault } from '../port/database-fault.ts'
import { newestPerKey } from '../port/newest-per-key.ts'
import type { Tally, Upsert, UpsertOutcome, WriteOutcome } from '../port/sync-adapter.ts'
import { held, type Seen, taken } from './written.ts'

/** Rows to a statement, where the parameters of that many are not too many for the database. */
const BATCH = 500

/** How the batches of one table reach the database; each call retries what passes by itself. */
export interface BatchTable {
  /** How many changes like this one `writeMany` can put together. */
  mostRows(change: Upsert): number
  /** What `writeMany` can put together. */
  shapeOf(change: Upsert): string
  writeMany(changes: readonly [Upsert, ...Upsert[]]): Promise<void>
  /** Of those keys that have a row or a version. */
  versions(keys: readonly string[]): Promise<ReadonlyMap<string, StoredVersion>>
}

/** What is known of a key's past. */
export interface StoredVersion {
  readonly version: string
  /** Whether there is a tombstone, or was a row that something else has deleted. */
  readonly deleted: boolean
  readonly isThere: boolean
}

/** Writes many rows in few statements. A batch that is refused is halved until the row that is at fault stands alone. */
export async function writeBatches(
  changes: readonly Upsert[],
  tableOf: (change: Upsert) => BatchTable,
  write: (change: Upsert) => Promise<WriteOutcome>,
  faultOf: (error: unknown) => Fault | undefined,
): Promise<Tally> {
  const count: Record<UpsertOutcome, number> = {
    created: 0,
    updated: 0,
    owner_deleted: 0,
    unchanged: 0,
    stale: 0,
    already_deleted: 0,
  }
  const failed: { change: Upsert; error: unknown }[] = []

  async function writeOne(change: Upsert): Promise<void> {
    try {
      count[(await write(change)) as UpsertOutcome]++
    } catch (error) {
      failed.push({ change, error })
    }
  }

  async function writeSome(table: BatchTable, batch: readonly Upsert[]): Promise<void> {
    const keys = batch.map((change) => change.key)
    const before = await table.versions(keys)
    // What is not due is not sent: it would run the application's triggers, and on MySQL refuse the whole statement.
    const due = batch.filter((change) => {
      const written = held(change, seenIn(before, change))
      if (written) count[written.outcome as UpsertOutcome]++
      return !written
    })
    const [first, ...others] = due
    if (!first) return
    if (others.length === 0) return writeOne(first)
    try {
      await table.writeMany([first, ...others])
    } catch (error) {
      if (faultOf(error) === 'transient') throw error
      const middle = due.length >> 1
      await writeSome(table, due.slice(0, middle))
      return writeSome(table, due.slice(middle))
    }
    // No number of rows says which were written. What is not there is written alone, and says why.
    const after = await table.versions(keys)
    for (const change of due) {
      const found = seenIn(after, change)
      if (!held(change, found)) await writeOne(change)
      else count[taken(change, !before.get(change.key)?.isThere, found.deleted).outcome as UpsertOutcome]++
    }
  }

  for (const [table, group] of groups(newestPerKey(changes), tableOf)) {
    const rows = Math.max(1, Math.min(BATCH, table.mostRows(group[0] as Upsert)))
    for (let start = 0; start < group.length; start += rows) {
      await writeSome(table, group.slice(start, start + rows))
    }
  }
  return { ...count, failed }
}

function seenIn(rows: ReadonlyMap<string, StoredVersion>, { key, version }: Upsert): Seen {
  const row = rows.get(key)
  if (!row) return { found: 'absent', deleted: false }
  const found = row.version < version ? 'older' : row.version === version ? 'same' : 'newer'
  return { found, deleted: row.deleted }
}

/** Changes that one statement can hold. */
function groups(changes: readonly Upsert[], tableOf: (change: Upsert) => BatchTable): Iterable<[BatchTable, Upsert[]]> {
  const byShape = new Map<string, [BatchTable, Upsert[]]>()
  for (const change of changes) {
    const table = tableOf(change)
    const shape = `${change.entity} ${table.shapeOf(change)}`
    const group = byShape.get(shape)
    if (group) group[1].push(change)
    else byShape.set(shape, [table, [change]])
  }
  return byShape.values()
}
