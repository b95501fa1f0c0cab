import type { WriteOutcome } from '../../port/sync-adapter.ts'
import { type Program, type RunResult, type Statement, send } from '../program.ts'
import { type BesideDialect, type BesideStatements, keyOf, leavesRow, type RowChange, storedIn } from './beside.ts'
import { isShown, lostBeside, mustBeHeld, mustShow, takenBeside } from './outcomes.ts'
import { afterTriggers, failingIf, insertRow, raise, remove, writeInBatch } from './postgres-batch.ts'

/**
 * PostgreSQL. An upsert is one statement: the row is inserted from the raised version, if there is one. A removal cannot
 * be: a statement's snapshot is older than its wait for the version's lock, and a row inserted meanwhile is invisible to
 * its `delete`. Neither can an upsert where AFTER triggers of the application may take back what was written.
 */
export const postgresBeside: BesideDialect = {
  *raise(statements, change, { deferred }) {
    const returned = `returning ${afterTriggers(statements)} as clerk_deferrable`
    const { rows } = yield* send(
      statements.statement(true, (draft) => `${raise(statements, draft, change)} ${returned}`, true),
    )
    if (rows.length === 0) return 'held'
    return deferred.areIn(rows[0]) ? 'watched' : 'raised'
  },

  *writeRow(statements, change, raised) {
    const [row] = (yield* send(insertRow(statements, change))).rows
    if (keyOf(row) !== change.key) throw lostBeside(statements, change, {})
    // What AFTER triggers have left.
    if (raised === 'watched') yield* mustShow(statements, change)
    return row?.created === true
  },

  *removeRow(statements, change, raised) {
    const { rows } = yield* send(remove(statements, change))
    if (raised !== 'watched' && rows.length === 1) return
    // Without a row there is nothing to return, and neither is there where a trigger kept it.
    yield* mustShow(statements, change)
  },

  alone(statements, change, batches, around) {
    // Compare-and-set must be one batch to the end, and so must what comes with the row: an upsert may ask for another.
    const isOneBatch = batches && (change.expected !== undefined || around !== undefined)
    if (leavesRow(change) && !isOneBatch) return upsert(statements, change, batches)
    return batches ? writeInBatch(statements, change, around) : undefined
  },

  *many(statements, changes, { batches, deferred }) {
    if (batches) {
      const results = yield changes.map((change) => upsertStatement(statements, change))
      for (const [n, result] of results.entries()) yield* upserted(statements, changes[n] as RowChange, result, batches)
      return
    }
    const { rows: versions } = yield* send(raiseMany(statements, changes))
    const areWatched = deferred.areIn(versions[0])
    const raised = new Set(versions.map(keyOf))
    const due = changes.filter(({ key }) => raised.has(key))
    if (due.length === 0) return
    const { rows } = yield* send(writeMany(statements, due))
    const written = new Set(rows.map(keyOf))
    const lost = due.find(({ key }) => !written.has(key))
    if (lost) throw lostBeside(statements, lost, {})
    if (!areWatched) return
    yield* deferred.run()
    const stored = yield* storedIn(
      statements,
      due.map(({ key }) => key),
    )
    const takenBack = due.find((change) => !isShown(change, stored.get(change.key) ?? {}))
    if (takenBack) throw lostBeside(statements, takenBack, stored.get(takenBack.key) ?? {})
  },
}

/**
 * The version and the row, where there are no AFTER triggers. The statement fails, and with it the raise, where a version
 * was raised and no row of this key was written, since a trigger dropped it or a policy diverted it: see {@link failingIf}.
 */
function upsertStatement(statements: BesideStatements, change: RowChange): Statement {
  const { table, key } = statements
  return statements.statement(
    true,
    (draft) => {
      const triggers = `triggers as (select ${afterTriggers(statements)} as may_wait)`
      const values = `select ${statements.versionValues(draft, change)} from triggers where may_wait is null`
      const raised = `raised as (${statements.insertVersion()} ${values} ${statements.raiseOlder(change)} returning 1)`
      const row = `${statements.insertColumns(change)}) select ${statements.insertValues(draft, change)} from raised`
      const written =
        `written as (insert into ${table.quoted} as t (${row} ${statements.updateExisting(change)} ` +
        `returning ${key} as clerk_key, (xmax = 0) as created)`
      const own = `(select count(*) from written where clerk_key::text collate "C" = ${draft.parameter(change.key)}::text)`
      return (
        `with ${triggers}, ${raised}, ${written} select (select count(*) from raised)::int as clerk_raised, ` +
        `(select created from written) as created, (select may_wait from triggers) as clerk_deferrable, ` +
        `${failingIf(`${own} < (select count(*) from raised)`)} as clerk_proof`
      )
    },
    true,
  )
}

function* upsert(
  statements: BesideStatements,
  change: RowChange,
  batches: boolean,
): Program<WriteOutcome | 'needs_transaction'> {
  return yield* upserted(statements, change, yield* send(upsertStatement(statements, change)), batches)
}

function* upserted(
  statements: BesideStatements,
  change: RowChange,
  { rows: [row] }: RunResult,
  batches: boolean,
): Program<WriteOutcome | 'needs_transaction'> {
  if (Number(row?.clerk_raised) === 1) return takenBeside(change, row?.created === true)
  const areThereTriggers = typeof row?.clerk_deferrable === 'boolean'
  if (areThereTriggers) return batches ? yield* writeInBatch(statements, change) : 'needs_transaction'
  return yield* mustBeHeld(statements, change)
}

function raiseMany(statements: BesideStatements, changes: readonly RowChange[]): Statement {
  return statements.statement(true, (draft) => {
    const rows = changes.map((change) => `(${statements.versionValues(draft, change)})`)
    return (
      `${statements.insertVersion()} values ${rows.join(', ')} ${statements.raiseOlder(changes[0] as RowChange)} ` +
      `returning ${statements.version('id')} as clerk_key, ${afterTriggers(statements)} as clerk_deferrable`
    )
  })
}

function writeMany(statements: BesideStatements, changes: readonly RowChange[]): Statement {
  const [first] = changes as [RowChange]
  return statements.statement(true, (draft) => {
    const rows = changes.map((change) => `(${statements.insertValues(draft, change)})`)
    return (
      `insert into ${statements.table.quoted} as t (${statements.insertColumns(first)}) values ${rows.join(', ')} ` +
      `${statements.updateExisting(first)} returning ${statements.key} as clerk_key`
    )
  })
}
