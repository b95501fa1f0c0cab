import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { type Program, type RunResult, type Statement, send } from '../program.ts'
import {
  type BesideDialect,
  type BesideStatements,
  besideOf,
  type Draft,
  type FaultOf,
  heldBeside,
  lostBeside,
  takenBeside,
  type UpsertOf,
} from './beside.ts'

/**
 * PostgreSQL. An upsert is one statement: the row is inserted from the raised version, if there is one. A removal cannot
 * be: a statement's snapshot is older than its wait for the version's lock, and a row inserted meanwhile is invisible to
 * its `delete`.
 */
export const postgresBeside: BesideDialect = {
  *raise(statements, change) {
    const { rows } = yield* send(
      statements.statement(true, (draft) => `${raise(statements, draft, change)} returning 1 as clerk_raised`, true),
    )
    return rows.length > 0 ? 'raised' : 'held'
  },

  *writeRow(statements, change) {
    const { key } = statements
    const [row] = (yield* send(
      statements.statement(true, (draft) => {
        const values = `(${statements.insertColumns(change)}) values (${statements.insertValues(draft, change)})`
        return (
          `insert into ${statements.table.quoted} as t ${values} ${statements.updateExisting(change)} ` +
          `returning ${key} as clerk_key, (xmax = 0) as created`
        )
      }),
    )).rows
    if (row === undefined || String(row.clerk_key).trimEnd() !== change.key) throw lostBeside(statements, change, {})
    return row.created === true
  },

  *removeRow(statements, change) {
    const { rows } = yield* send(remove(statements, change))
    const isGone = rows.length === 1 && String(rows[0]?.clerk_key).trimEnd() === change.key
    if (isGone) return
    // Without a row there is nothing to return, and neither is there where a trigger kept it.
    const found = besideOf(yield* send(statements.look(change.key)), change.key)
    if (rows.length > 0 || found.isThere) throw lostBeside(statements, change, { ...found, isThere: true })
  },

  alone(statements, change, batches, faultOf) {
    if (change.kind === 'upsert') return upsert(statements, change, faultOf)
    return batches ? removeInBatch(statements, change, faultOf) : undefined
  },

  *many(statements, changes, batches) {
    if (batches) {
      const results = yield changes.map((change) => upsertStatement(statements, change))
      for (const [n, result] of results.entries()) yield* upserted(statements, changes[n] as UpsertOf, result)
      return
    }
    const raised = new Set((yield* send(raiseMany(statements, changes))).rows.map((row) => String(row.clerk_key)))
    const due = changes.filter(({ key }) => raised.has(key))
    if (due.length === 0) return
    const { rows } = yield* send(writeMany(statements, due))
    const written = new Set(rows.map((row) => String(row.clerk_key).trimEnd()))
    const lost = due.find(({ key }) => !written.has(key))
    if (lost) throw lostBeside(statements, lost, {})
  },
}

function raise(statements: BesideStatements, draft: Draft, change: Change): string {
  return `${statements.insertVersion()} values (${statements.versionValues(draft, change)}) ${statements.raiseOlder}`
}

function remove(statements: BesideStatements, { key }: Change, condition = ''): Statement {
  return statements.statement(
    true,
    (draft) =>
      `delete from ${statements.table.quoted} where ${statements.key} = ${statements.keyParameter(draft, key)}` +
      `${condition} returning ${statements.key} as clerk_key`,
    true,
  )
}

/**
 * The version and the row. The statement fails, and with it the raise, where a version was raised and no row of this key
 * was written, since a trigger dropped it or a policy diverted it: it divides by zero then.
 */
function upsertStatement(statements: BesideStatements, change: UpsertOf): Statement {
  const { table, key } = statements
  return statements.statement(
    true,
    (draft) => {
      const raised = `raised as (${raise(statements, draft, change)} returning 1)`
      const row = `${statements.insertColumns(change)}) select ${statements.insertValues(draft, change)} from raised`
      const written =
        `written as (insert into ${table.quoted} as t (${row} ${statements.updateExisting(change)} ` +
        `returning ${key} as clerk_key, (xmax = 0) as created)`
      const own = `(select count(*) from written where clerk_key::text = ${draft.parameter(change.key)}::text)`
      return (
        `with ${raised}, ${written} select (select count(*) from raised)::int as clerk_raised, ` +
        `(select created from written) as created, 1 / (1 + ${own} - (select count(*) from raised)) as clerk_proof`
      )
    },
    true,
  )
}

function* upsert(statements: BesideStatements, change: UpsertOf, faultOf: FaultOf): Program<WriteOutcome> {
  let result: RunResult
  try {
    result = yield* send(upsertStatement(statements, change))
  } catch (error) {
    throw faultOf(error) === 'out_of_range' ? lostBeside(statements, change, {}, error) : error
  }
  return yield* upserted(statements, change, result)
}

function* upserted(statements: BesideStatements, change: UpsertOf, { rows }: RunResult): Program<WriteOutcome> {
  const [row] = rows
  if (Number(row?.clerk_raised) === 1) return takenBeside(change, row?.created === true)
  const found = besideOf(yield* send(statements.look(change.key)), change.key)
  const held = heldBeside(change, found)
  if (held === undefined) throw lostBeside(statements, change, found)
  return held
}

/** Whether the version was raised by this transaction, and not by an earlier delivery of the message. */
const IS_RAISED = "current_setting('clerk_sync.raised', true) = '1'"

/** Each statement of the batch has a snapshot of its own, and the last one fails the batch where the row is still there. */
function* removeInBatch(statements: BesideStatements, change: Change, faultOf: FaultOf): Program<WriteOutcome> {
  const raising = statements.statement(
    true,
    (draft) =>
      `with raised as (${raise(statements, draft, change)} returning 1) ` +
      "select set_config('clerk_sync.raised', (select count(*) from raised)::text, true) as clerk_raised",
  )
  const proof = (draft: Draft) => {
    const key = statements.keyParameter(draft, change.key)
    const rows = `(select count(*) from ${statements.table.quoted} where ${statements.key} = ${key})`
    return `1 / (1 - case when ${IS_RAISED} then ${rows} else 0 end)`
  }
  let results: readonly RunResult[]
  try {
    results = yield [raising, remove(statements, change, ` and ${IS_RAISED}`), statements.look(change.key, proof)]
  } catch (error) {
    throw faultOf(error) === 'out_of_range' ? lostBeside(statements, change, { isThere: true }, error) : error
  }
  const [raised, , look] = results as [RunResult, RunResult, RunResult]
  const found = besideOf(look, change.key)
  const isRaised = raised.rows[0]?.clerk_raised === '1' && found.version === change.version
  const outcome = isRaised ? takenBeside(change, false) : heldBeside(change, found)
  if (outcome === undefined) throw lostBeside(statements, change, found)
  return outcome
}

function raiseMany(statements: BesideStatements, changes: readonly UpsertOf[]): Statement {
  return statements.statement(true, (draft) => {
    const rows = changes.map((change) => `(${statements.versionValues(draft, change)})`)
    return `${statements.insertVersion()} values ${rows.join(', ')} ${statements.raiseOlder} returning ${statements.version('id')} as clerk_key`
  })
}

function writeMany(statements: BesideStatements, changes: readonly UpsertOf[]): Statement {
  const [first] = changes as [UpsertOf]
  return statements.statement(true, (draft) => {
    const rows = changes.map((change) => `(${statements.insertValues(draft, change)})`)
    return (
      `insert into ${statements.table.quoted} as t (${statements.insertColumns(first)}) values ${rows.join(', ')} ` +
      `${statements.updateExisting(first)} returning ${statements.key} as clerk_key`
    )
  })
}
