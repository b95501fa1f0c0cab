import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { type Program, type RunResult, type Statement, send } from '../program.ts'
import {
  type AroundRow,
  type BesideDialect,
  type BesideStatements,
  besideOf,
  type Draft,
  keyOf,
  leavesRow,
  lookedAt,
  NOTHING_AROUND,
  type RowChange,
  storedIn,
} from './beside.ts'
import { orLost } from './expected-version.ts'
import { heldBeside, isShown, lostBeside, mustShow, takenBeside } from './outcomes.ts'

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
          `${statements.raiseOlder(change)} returning 1 as clerk_raised`,
      ),
    )
    return rows.length > 0 ? 'raised' : 'held'
  },

  *writeRow(statements, change) {
    const before = yield* lookedAt(statements, change.key)
    const { rows } = yield* send(
      statements.statement(true, (draft) => {
        const values = `(${statements.insertColumns(change)}) values (${statements.insertValues(draft, change)})`
        return (
          `insert into ${statements.table.quoted} as t ${values} ${updateOwn(statements, change)} ` +
          `returning ${statements.key} as clerk_key`
        )
      }),
    )
    // No row comes back where a trigger dropped the write, and one that a later trigger has taken away again.
    if (keyOf(rows[0]) !== change.key) throw lostBeside(statements, change, {})
    yield* mustShow(statements, change)
    return !before.isThere
  },

  *removeRow(statements, change) {
    yield* send(remove(statements, change, (draft) => `exists (${ownVersion(statements, draft, change, '=')})`))
    yield* mustShow(statements, change)
  },

  alone: (statements, change, _batches, around) => inBatch(statements, change, around),

  *many(statements, changes, { batches }) {
    if (!batches) return yield* manyInTransaction(statements, changes)
    // What became of each is read afterwards: one that was not written has left no version.
    yield changes.flatMap((change) => writing(statements, change))
  },
}

/** The versions first, and then the rows of those that were raised: all of them are seen, or none is kept. */
function* manyInTransaction(statements: BesideStatements, changes: readonly RowChange[]): Program<void> {
  const raising = statements.statement(true, (draft) => {
    const values = changes.map((change) => `(${statements.versionValues(draft, change)})`)
    const returned = `returning ${statements.version('id')} as clerk_key`
    return `${statements.insertVersion()} values ${values.join(', ')} ${statements.raiseOlder(changes[0] as RowChange)} ${returned}`
  })
  const raised = new Set((yield* send(raising)).rows.map(keyOf))
  const due = changes.filter(({ key }) => raised.has(key))
  const [first] = due
  if (!first) return
  const writing = statements.statement(false, (draft) => {
    const values = due.map((change) => `(${statements.insertValues(draft, change)})`)
    const columns = `${statements.table.quoted} as t (${statements.insertColumns(first)})`
    return `insert into ${columns} values ${values.join(', ')} ${updateOwn(statements, first)}`
  })
  yield* send(writing)
  const keys = changes.map(({ key }) => key)
  const stored = yield* storedIn(statements, keys)
  for (const change of changes) {
    const found = stored.get(change.key)
    const isNewer = found !== undefined && found.version > change.version
    if (!isNewer && !isShown(change, found ?? {})) throw lostBeside(statements, change, found ?? {})
  }
}

function* inBatch(
  statements: BesideStatements,
  change: Change,
  { before: first, after: last }: AroundRow = NOTHING_AROUND,
): Program<WriteOutcome> {
  const look = statements.look(change.key)
  const batch = [look, ...first, ...writing(statements, change), ...last]
  const results = yield* change.expected === undefined
    ? inOrder([...batch, look])
    : orLost(statements, change, inOrder([...batch, failIfLowered(statements, change), look]))
  const [before, after] = [results[0], results.at(-1)].map((result) => besideOf(result as RunResult, change.key))
  const held = before && heldBeside(change, before)
  if (held) return held
  if (!isShown(change, after ?? {})) throw lostBeside(statements, change, after ?? {})
  return takenBeside(change, before?.isThere === false)
}

function* inOrder(batch: readonly Statement[]): Program<readonly RunResult[]> {
  return yield batch
}

/** Compare-and-set has lowered the version: a batch whose write a trigger drops must not leave it so. */
function failIfLowered(statements: BesideStatements, { key }: Change): Statement {
  const { versions } = statements
  const version = statements.version('version')
  return statements.statement(false, (draft) => {
    const own = statements.ownVersion(draft, key)
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    return `update ${versions.quoted} set ${version} = null where ${own} and ${version} = ${lowered}`
  })
}

/** The row, and then the version. */
function writing(statements: BesideStatements, change: Change): Statement[] {
  const { table } = statements
  const raising = (condition: (draft: Draft) => string) =>
    statements.statement(
      false,
      (draft) =>
        `${statements.insertVersion()} select ${statements.versionValues(draft, change)} where ${condition(draft)} ` +
        statements.raiseOlder(change),
    )
  const isOlder = (draft: Draft) => `not exists (${ownVersion(statements, draft, change, '>=')})`
  const row = (draft: Draft) => `exists (select 1 from ${table.quoted} where ${ownRow(statements, draft, change)})`
  if (!leavesRow(change)) return [remove(statements, change, isOlder), raising((draft) => `not ${row(draft)}`)]
  const written = statements.statement(
    false,
    (draft) =>
      `insert into ${table.quoted} as t (${statements.insertColumns(change)}) ` +
      `select ${statements.insertValues(draft, change)} where ${isOlder(draft)} ${updateOwn(statements, change)}`,
  )
  // A trigger may have taken the row away again.
  return [written, raising((draft) => `changes() > 0 and ${row(draft)}`)]
}

function remove(statements: BesideStatements, change: Change, condition: (draft: Draft) => string): Statement {
  return statements.statement(
    false,
    (draft) =>
      `delete from ${statements.table.quoted} where ${ownRow(statements, draft, change)} and ${condition(draft)}`,
  )
}

function ownVersion(
  statements: BesideStatements,
  draft: Draft,
  { key, version }: Change,
  compared: '=' | '>=',
): string {
  const { versions } = statements
  const own = statements.ownVersion(draft, key)
  const parameter = draft.parameter(versions.encode('version', version))
  return `select 1 from ${versions.quoted} where ${own} and ${statements.version('version')} ${compared} ${parameter}`
}

/** A key that ignores case finds the row of another user. */
function ownRow(statements: BesideStatements, draft: Draft, { key }: Change): string {
  const is = `${statements.key} = ${statements.keyParameter(draft, key)}`
  return `${is} and ${statements.key} collate binary = ${statements.keyParameter(draft, key)}`
}

function updateOwn(statements: BesideStatements, change: RowChange): string {
  const { key } = statements
  return `${statements.updateExisting(change)} where t.${key} collate binary = excluded.${key}`
}
