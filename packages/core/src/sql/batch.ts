import type { Fault } from '../port/database-fault.ts'
import { newestPerKey } from '../port/newest-per-key.ts'
import type { Tally, Upsert, UpsertOutcome } from '../port/sync-adapter.ts'
import { type Program, send } from './program.ts'
import type { TableStatements } from './table-statements.ts'
import { held, type Seen, taken } from './written.ts'

/** Rows to a statement, where the parameters of that many are not too many for the database. */
const BATCH = 500

/** How a batch reaches the database; each call retries what passes by itself. */
export interface BatchAccess {
  faultOf(error: unknown): Fault | undefined
  write(statements: TableStatements, change: Upsert): Promise<UpsertOutcome>
  writeMany(statements: TableStatements, changes: readonly [Upsert, ...Upsert[]]): Promise<void>
  versions(statements: TableStatements, keys: readonly string[]): Promise<ReadonlyMap<string, StoredVersion>>
}

/** What a row that is there says of its past. */
export interface StoredVersion {
  readonly version: string
  readonly deleted: boolean
}

/** Writes many rows in few statements. A batch that is refused is halved until the row that is at fault stands alone. */
export async function writeBatches(
  changes: readonly Upsert[],
  statementsOf: (change: Upsert) => TableStatements,
  access: BatchAccess,
): Promise<Tally> {
  const count: Record<UpsertOutcome, number> = { created: 0, updated: 0, unchanged: 0, stale: 0, already_deleted: 0 }
  const failed: { change: Upsert; error: unknown }[] = []

  async function writeOne(statements: TableStatements, change: Upsert): Promise<void> {
    try {
      count[await access.write(statements, change)]++
    } catch (error) {
      failed.push({ change, error })
    }
  }

  async function writeSome(statements: TableStatements, batch: readonly Upsert[]): Promise<void> {
    const keys = batch.map((change) => change.key)
    const before = await access.versions(statements, keys)
    // What is not due is not sent: it would run the application's triggers, and on MySQL refuse the whole statement.
    const due = batch.filter((change) => {
      const written = held(change, seenIn(before, change))
      if (written) count[written.outcome as UpsertOutcome]++
      return !written
    })
    const [first, ...others] = due
    if (!first) return
    if (others.length === 0) return writeOne(statements, first)
    try {
      await access.writeMany(statements, [first, ...others])
    } catch (error) {
      if (access.faultOf(error) === 'transient') throw error
      const middle = due.length >> 1
      await writeSome(statements, due.slice(0, middle))
      return writeSome(statements, due.slice(middle))
    }
    // No number of rows says which were written. What is not there is written alone, and says why.
    const after = await access.versions(statements, keys)
    for (const change of due) {
      const found = seenIn(after, change)
      if (!held(change, found)) await writeOne(statements, change)
      else count[taken(change, !before.has(change.key), found.deleted).outcome as UpsertOutcome]++
    }
  }

  for (const [statements, group] of groups(newestPerKey(changes), statementsOf)) {
    const rows = Math.max(1, Math.min(BATCH, statements.mostRows(group[0] as Upsert)))
    for (let start = 0; start < group.length; start += rows) {
      await writeSome(statements, group.slice(start, start + rows))
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
function groups(
  changes: readonly Upsert[],
  statementsOf: (change: Upsert) => TableStatements,
): Iterable<[TableStatements, Upsert[]]> {
  const byShape = new Map<string, [TableStatements, Upsert[]]>()
  for (const change of changes) {
    const statements = statementsOf(change)
    const shape = `${change.entity} ${statements.shapeOf(change)}`
    const group = byShape.get(shape)
    if (group) group[1].push(change)
    else byShape.set(shape, [statements, [change]])
  }
  return byShape.values()
}

export function* writeMany(statements: TableStatements, batch: readonly [Upsert, ...Upsert[]]): Program<void> {
  yield* send(statements.many(batch))
}

export function* readVersions(
  statements: TableStatements,
  keys: readonly string[],
): Program<ReadonlyMap<string, StoredVersion>> {
  const { rows } = yield* send(statements.versions(keys))
  return new Map(
    rows.map((row) => [
      String(row.clerk_key),
      { version: String(row.clerk_version), deleted: Number(row.clerk_deleted) === 1 },
    ]),
  )
}
