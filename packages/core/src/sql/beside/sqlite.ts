import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { type Program, type RunResult, type Statement, send } from '../program.ts'
import {
  type BesideDialect,
  type BesideStatements,
  besideOf,
  type Draft,
  heldBeside,
  lostBeside,
  takenBeside,
} from './beside.ts'

/**
 * SQLite. A change is one batch, which has the database to itself: a look; the row, if the version beside is older; the
 * version, if the row was written (`changes()`) or is gone; and a look. So a write that a trigger drops takes the version
 * with it, and a duplicate touches nothing.
 */
export const sqliteBeside: BesideDialect = {
  *raise(statements, change) {
    const { rows } = yield* send(
      statements.statement(
        true,
        (draft) =>
          `${statements.insertVersion()} values (${statements.versionValues(draft, change)}) ` +
          `${statements.raiseOlder} returning 1 as clerk_raised`,
      ),
    )
    return rows.length > 0 ? 'raised' : 'held'
  },

  *writeRow(statements, change) {
    const before = besideOf(yield* send(statements.look(change.key)), change.key)
    const { rows } = yield* send(
      statements.statement(true, (draft) => {
        const values = `(${statements.insertColumns(change)}) values (${statements.insertValues(draft, change)})`
        return (
          `insert into ${statements.table.quoted} ${values} ${statements.updateExisting(change)} ` +
          `returning ${statements.key} as clerk_key`
        )
      }),
    )
    // No row comes back where a trigger dropped the write.
    if (rows[0]?.clerk_key !== change.key) throw lostBeside(statements, change, {})
    return !before.isThere
  },

  *removeRow(statements, change) {
    yield* send(remove(statements, change))
    const found = besideOf(yield* send(statements.look(change.key)), change.key)
    if (found.isThere) throw lostBeside(statements, change, found)
  },

  alone: (statements, change) => inBatch(statements, change),

  // What became of each is read afterwards: one that was not written has left no version.
  *many(statements, changes) {
    yield changes.flatMap((change) => writing(statements, change))
  },
}

function* inBatch(statements: BesideStatements, change: Change): Program<WriteOutcome> {
  const look = statements.look(change.key)
  const results = yield [look, ...writing(statements, change), look]
  const [before, after] = [results[0], results.at(-1)].map((result) => besideOf(result as RunResult, change.key))
  const held = before && heldBeside(change, before)
  if (held) return held
  const isProven = after?.version === change.version && after.isThere === (change.kind === 'upsert')
  if (!isProven) throw lostBeside(statements, change, after ?? {})
  return takenBeside(change, before?.isThere === false)
}

/** The row, and then the version. */
function writing(statements: BesideStatements, change: Change): Statement[] {
  const { table, versions, key } = statements
  const raising = (condition: (draft: Draft) => string) =>
    statements.statement(
      false,
      (draft) =>
        `${statements.insertVersion()} select ${statements.versionValues(draft, change)} where ${condition(draft)} ` +
        statements.raiseOlder,
    )
  const isOlder = (draft: Draft) =>
    `not exists (select 1 from ${versions.quoted} where ${statements.ownVersion(draft, change.key)} ` +
    `and ${statements.version('version')} >= ${draft.parameter(versions.encode('version', change.version))})`
  if (change.kind === 'delete') {
    const isGone = (draft: Draft) =>
      `not exists (select 1 from ${table.quoted} where ${key} = ${statements.keyParameter(draft, change.key)})`
    return [remove(statements, change, isOlder), raising(isGone)]
  }
  const row = statements.statement(
    false,
    (draft) =>
      `insert into ${table.quoted} (${statements.insertColumns(change)}) ` +
      `select ${statements.insertValues(draft, change)} where ${isOlder(draft)} ${statements.updateExisting(change)}`,
  )
  return [row, raising(() => 'changes() > 0')]
}

function remove(statements: BesideStatements, { key }: Change, condition?: (draft: Draft) => string): Statement {
  return statements.statement(false, (draft) => {
    const own = `${statements.key} = ${statements.keyParameter(draft, key)}`
    return `delete from ${statements.table.quoted} where ${own}${condition ? ` and ${condition(draft)}` : ''}`
  })
}
