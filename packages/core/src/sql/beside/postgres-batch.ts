import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { deferrableTriggers, oidOf, RUN_DEFERRED } from '../dialects/postgres-triggers.ts'
import type { Program, RunResult, Statement } from '../program.ts'
import {
  type AroundRow,
  type BesideStatements,
  besideOf,
  type Draft,
  leavesRow,
  NOTHING_AROUND,
  type RowChange,
} from './beside.ts'
import { heldBeside, lostBeside, takenBeside } from './outcomes.ts'

/** Whether the version was raised by this transaction, and not by an earlier delivery of the message. */
const IS_RAISED = "current_setting('clerk_sync.raised', true) = '1'"

/**
 * A change where there are batches alone, which are a transaction each. Each statement has a snapshot of its own, and the
 * last one fails the batch where the row does not show the change.
 */
export function* writeInBatch(
  statements: BesideStatements,
  change: Change,
  { before, after }: AroundRow = NOTHING_AROUND,
): Program<WriteOutcome> {
  const raising = statements.statement(
    true,
    (draft) =>
      `with raised as (${raise(statements, draft, change)} returning 1) ` +
      "select set_config('clerk_sync.raised', (select count(*) from raised)::text, true) as clerk_raised",
  )
  const row = leavesRow(change) ? insertOrFail(statements, change) : remove(statements, change, IS_RAISED)
  const runDeferred = { sql: RUN_DEFERRED, params: [], returnsRows: false }
  const look = statements.look(change.key, (draft) => proof(statements, draft, change))
  const [raised, ...results] = yield [raising, ...before, row, ...after, runDeferred, look]
  const [written, found] = [results[before.length], results.at(-1)] as [RunResult, RunResult]
  const beside = besideOf(found, change.key)
  const isRaised = raised?.rows[0]?.clerk_raised === '1'
  const outcome = isRaised ? takenBeside(change, written.rows[0]?.created === true) : heldBeside(change, beside)
  if (outcome === undefined) throw lostBeside(statements, change, beside)
  return outcome
}

/**
 * Fails where the version was raised, and it or the row does not show the change; and where compare-and-set has lowered the
 * version, and a trigger has dropped the raise.
 */
function proof(statements: BesideStatements, draft: Draft, change: Change): string {
  const rows = `(select count(*) from ${statements.table.quoted} where ${ownRow(statements, draft, change.key)})`
  const raised = `(select count(*) ${rowsRaised(statements, draft, change)})`
  const isLost = `${rows} <> ${leavesRow(change) ? 1 : 0} or ${raised} <> 1`
  const failing = `${IS_RAISED} and (${isLost})`
  if (change.expected === undefined) return failingIf(failing)
  return failingIf(`${failing} or exists (select 1 ${rowsOfVersion(statements, draft, change.key, NO_VERSION)})`)
}

/** What PostgreSQL quotes in its error where a write is not shown. */
export const LOST = 'clerk_sync_lost'

/**
 * An expression that fails the statement by a value that no expression of the application has: it is no number. In two
 * pieces, since an ORM may quote the statement in the message of any error.
 */
export function failingIf(condition: string, mark = 'lost'): string {
  return `(case when ${condition} then 'clerk_sync_' || '${mark}' else '1' end)::int`
}

export function raise(statements: BesideStatements, draft: Draft, change: Change): string {
  return `${statements.insertVersion()} values (${statements.versionValues(draft, change)}) ${statements.raiseOlder(change)}`
}

export function insertRow(statements: BesideStatements, change: RowChange): Statement {
  return statements.statement(true, (draft) => inserting(statements, draft, change), true)
}

/** Fails where the version was raised and no row of this key was written: one that is there may be as old as before. */
function insertOrFail(statements: BesideStatements, change: RowChange): Statement {
  return statements.statement(
    true,
    (draft) => {
      const written = `written as (${inserting(statements, draft, change, IS_RAISED)})`
      const own = `select 1 from written where clerk_key::text collate "C" = ${draft.parameter(change.key)}::text`
      const proof = failingIf(`${IS_RAISED} and not exists (${own})`)
      return `with ${written} select (select created from written) as created, ${proof} as clerk_proof`
    },
    true,
  )
}

function inserting(statements: BesideStatements, draft: Draft, change: RowChange, condition?: string): string {
  const { table, key } = statements
  const values = statements.insertValues(draft, change)
  const row = condition ? `select ${values} where ${condition}` : `values (${values})`
  return (
    `insert into ${table.quoted} as t (${statements.insertColumns(change)}) ${row} ` +
    `${statements.updateExisting(change)} returning ${key} as clerk_key, (xmax = 0) as created`
  )
}

/** Not where the transaction has lost its raise, as after a rollback of the hook's: it would be committed by itself. */
export function remove(statements: BesideStatements, change: Change, condition?: string): Statement {
  return statements.statement(
    true,
    (draft) => {
      const own = ownRow(statements, draft, change.key)
      const raised = condition ?? `exists (select 1 ${rowsRaised(statements, draft, change)})`
      return `delete from ${statements.table.quoted} where ${own} and ${raised} returning ${statements.key} as clerk_key`
    },
    true,
  )
}

/** Its version, if it is that of the change. */
function rowsRaised(statements: BesideStatements, draft: Draft, { key, version }: Change): string {
  return rowsOfVersion(statements, draft, key, version)
}

function rowsOfVersion(statements: BesideStatements, draft: Draft, key: string, version: string): string {
  const { versions } = statements
  const is = `${statements.version('version')} = ${draft.parameter(versions.encode('version', version))}`
  return `from ${versions.quoted} where ${statements.ownVersion(draft, key)} and ${is}`
}

/** By the index, and then byte by byte: a collation may take another row for this one. */
function ownRow(statements: BesideStatements, draft: Draft, key: string): string {
  const is = `${statements.key} = ${statements.keyParameter(draft, key)}`
  return `${is} and ${statements.key}::text collate "C" = ${draft.parameter(key)}::text`
}

/** Of both tables, and of partitions. */
export function afterTriggers({ table, versions }: BesideStatements): string {
  const [own, beside] = [oidOf(table.quoted), oidOf(versions.quoted)]
  const oids = `select ${own} union all select ${beside} union all select relid from pg_catalog.pg_partition_tree(${own})`
  return deferrableTriggers(oids, { deletes: true })
}
