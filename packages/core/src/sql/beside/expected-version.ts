import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { type Program, type Statement, send, sendAlong } from '../program.ts'
import { type Beside, type BesideStatements, lookedAt } from './beside.ts'
import { lostBeside, otherThanExpected } from './outcomes.ts'

// Compare-and-set beside a table: the version that is expected is lowered to that of a row that no event has reached, and
// so the guard that follows takes. Both in one transaction, or in one batch.

/** In a transaction; false where the version is another. It is locked from here on. */
export function* lowerExpected(statements: BesideStatements, change: Change, expected: string): Program<boolean> {
  const { key } = change
  yield* send(expected === NO_VERSION ? insertNone(statements, change) : lower(statements, key, expected))
  const found = yield* lookedAt(statements, key)
  return found.version === NO_VERSION && isReplaceable(expected, found)
}

/** The same where there are batches alone. */
export function* replaceInBatch(
  statements: BesideStatements,
  change: Change,
  expected: string,
  write: Program<WriteOutcome | 'needs_transaction'>,
): Program<WriteOutcome> {
  const replacing = sendAlong(
    insertOther(statements, change),
    sendAlong(lowerOrFail(statements, change, expected), write),
  )
  try {
    const isNew = expected === NO_VERSION
    const [, [, outcome]] = isNew ? (yield* sendAlong(insertNone(statements, change), replacing))[1] : yield* replacing
    if (outcome !== 'needs_transaction') return outcome
  } catch (error) {
    const found = yield* lookedAt(statements, change.key)
    const none = expected === OTHER ? OTHER : NO_VERSION
    if ((found.version ?? none) === expected && isReplaceable(expected, found)) throw error
    return otherThanExpected(change, found)
  }
  throw lostBeside(statements, change, {})
}

function lower(statements: BesideStatements, key: string, expected: string): Statement {
  const { versions } = statements
  const version = statements.version('version')
  return statements.statement(false, (draft) => {
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    const own = statements.ownVersion(draft, key)
    return `update ${versions.quoted} set ${version} = ${lowered} where ${own} and ${version} = ${draft.parameter(versions.encode('version', expected))}`
  })
}

/** What no event has reached is a row that is there. */
function isReplaceable(expected: string, { isThere }: Beside): boolean {
  return expected !== NO_VERSION || isThere
}

/** Something to lock, where a row has no version yet. */
export function insertNone(statements: BesideStatements, { entity, key }: Change): Statement {
  return statements.statement(false, (draft) => {
    const change: Change = { kind: 'upsert', entity, key, version: NO_VERSION, values: {} }
    const values = `select ${statements.versionValues(draft, change)} from (select 1) as one`
    const isThere = `exists (${statements.rowOf(draft, key)})`
    return `${statements.insertVersion('')} ${values} where ${isThere} ${statements.skipExisting}`
  })
}

/** Stands for a version that is not there at all, until the end of its transaction or batch. */
export const OTHER = '-'

/** A version that is not there at all is another as well. */
export function insertOther(statements: BesideStatements, { entity, key }: Change): Statement {
  return statements.statement(false, (draft) => {
    const values = statements.versionValues(draft, { kind: 'upsert', entity, key, version: OTHER, values: {} })
    return `${statements.insertVersion('')} values (${values}) ${statements.skipExisting}`
  })
}

/** In a batch, which fails where the version is another: it is then set to NULL, which the column does not take. */
function lowerOrFail(statements: BesideStatements, change: Change, expected: string): Statement {
  return statements.statement(false, (draft) => {
    const { versions } = statements
    const version = statements.version('version')
    const is = `${version} = ${draft.parameter(versions.encode('version', expected))}`
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    return (
      `update ${versions.quoted} set ${version} = case when ${is} then ${lowered} else null end ` +
      `where ${statements.ownVersion(draft, change.key)}`
    )
  })
}
