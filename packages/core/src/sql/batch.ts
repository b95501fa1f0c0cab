import { faultOf } from '../port/database-fault.ts'
import type { Tally, Upsert } from '../port/sync-adapter.ts'
import type { Written } from './dialects/dialect.ts'
import type { Statements } from './statement.ts'

/** Rows to a statement, where the parameters of that many are not too many for the database. */
const BATCH = 500

/** How a batch reaches the database; each call retries what passes by itself. */
export interface BatchAccess {
  write(statements: Statements, change: Upsert): Promise<Written>
  writeMany(statements: Statements, changes: readonly [Upsert, ...Upsert[]]): Promise<void>
  versions(statements: Statements, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** Writes many rows in few statements. A batch that is refused is halved until the row that is at fault stands alone. */
export async function writeBatches(
  changes: readonly Upsert[],
  statementsOf: (change: Upsert) => Statements,
  access: BatchAccess,
): Promise<Tally> {
  const newest = new Map<string, Upsert>()
  for (const change of changes) {
    const id = `${change.entity} ${change.key}`
    const other = newest.get(id)
    if (!other || other.version < change.version) newest.set(id, change)
  }
  const count = { created: 0, updated: 0, unchanged: 0 }
  const failed: { change: Upsert; error: unknown }[] = []

  async function writeOne(statements: Statements, change: Upsert): Promise<void> {
    try {
      count[await access.write(statements, change)]++
    } catch (error) {
      failed.push({ change, error })
    }
  }

  async function writeSome(statements: Statements, batch: readonly Upsert[]): Promise<void> {
    const keys = batch.map((change) => change.key)
    const before = await access.versions(statements, keys)
    // What is not due is not sent: it would run the application's triggers, and on MySQL refuse the whole statement.
    const due = batch.filter((change) => (before.get(change.key) ?? '') < change.version)
    count.unchanged += batch.length - due.length
    const [first, ...others] = due
    if (!first) return
    if (others.length === 0) return writeOne(statements, first)
    try {
      await access.writeMany(statements, [first, ...others])
    } catch (error) {
      if (faultOf(error) === 'transient') throw error
      const middle = due.length >> 1
      await writeSome(statements, due.slice(0, middle))
      return writeSome(statements, due.slice(middle))
    }
    // No number of rows says which were written. What is not there is written alone, and says why.
    const after = await access.versions(statements, keys)
    for (const change of due) {
      if ((after.get(change.key) ?? '') < change.version) await writeOne(statements, change)
      else if (before.has(change.key)) count.updated++
      else count.created++
    }
  }

  for (const [statements, group] of groups([...newest.values()], statementsOf)) {
    const rows = Math.max(1, Math.min(BATCH, statements.mostRows(group[0] as Upsert)))
    for (let start = 0; start < group.length; start += rows) {
      await writeSome(statements, group.slice(start, start + rows))
    }
  }
  return { ...count, failed }
}

/** Changes that one statement can hold, each group in the order of its keys, so that two backfills do not deadlock. */
function groups(changes: Upsert[], statementsOf: (change: Upsert) => Statements): Iterable<[Statements, Upsert[]]> {
  const byShape = new Map<string, [Statements, Upsert[]]>()
  for (const change of changes.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const statements = statementsOf(change)
    const shape = `${change.entity} ${statements.shapeOf(change)}`
    const group = byShape.get(shape)
    if (group) group[1].push(change)
    else byShape.set(shape, [statements, [change]])
  }
  return byShape.values()
}
