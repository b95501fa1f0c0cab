import type { Fault } from '../port/database-fault.ts'
import { newestPerKey } from '../port/newest-per-key.ts'
import type { Tally, Upsert, UpsertOutcome } from '../port/sync-adapter.ts'
import type { TableStatements } from './table-statements.ts'

/** Rows to a statement, where the parameters of that many are not too many for the database. */
const BATCH = 500

/** How a batch reaches the database; each call retries what passes by itself. */
export interface BatchAccess {
  faultOf(error: unknown): Fault | undefined
  write(statements: TableStatements, change: Upsert): Promise<UpsertOutcome>
  writeMany(statements: TableStatements, changes: readonly [Upsert, ...Upsert[]]): Promise<void>
  versions(statements: TableStatements, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** Writes many rows in few statements. A batch that is refused is halved until the row that is at fault stands alone. */
export async function writeBatches(
  changes: readonly Upsert[],
  statementsOf: (change: Upsert) => TableStatements,
  access: BatchAccess,
): Promise<Tally> {
  const count = { created: 0, updated: 0, unchanged: 0 }
  const failed: { change: Upsert; error: unknown }[] = []

  async function writeOne(statements: TableStatements, change: Upsert): Promise<void> {
    try {
      count[await access.write(statements, change)]++
    } catch (error) {
      failed.push({ change, error })
    }
  }

  async function writeSome(statements: TableStatements, batch: readonly Upsert[]): Promise<void> {
    const [first, ...others] = batch
    if (!first) return
    if (others.length === 0) return writeOne(statements, first)
    const keys = batch.map((change) => change.key)
    const before = await access.versions(statements, keys)
    try {
      await access.writeMany(statements, [first, ...others])
    } catch (error) {
      if (access.faultOf(error) === 'transient') throw error
      const middle = batch.length >> 1
      await writeSome(statements, batch.slice(0, middle))
      return writeSome(statements, batch.slice(middle))
    }
    // On MySQL a clash is silent in a statement of many rows: what is not there is written alone, and says why.
    const after = await access.versions(statements, keys)
    for (const change of batch) {
      const stored = before.get(change.key)
      if ((after.get(change.key) ?? '') < change.version) await writeOne(statements, change)
      else if (stored === undefined) count.created++
      else if (stored < change.version) count.updated++
      else count.unchanged++
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
