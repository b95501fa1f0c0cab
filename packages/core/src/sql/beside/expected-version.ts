import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { type Program, type Statement, send, sendAlong } from '../program.ts'
import { type BesideStatements, lookedAt } from './beside.ts'
import { lostBeside, otherThanExpected } from './outcomes.ts'

// Compare-and-set beside a table: the version that is expected is lowered to that of a row that no event has reached, and
// so the guard that follows takes. Both in one transaction, or in one batch.

/** In a transaction; false where the version is another. It is locked from here on. */
export function* lowerExpected(statements: BesideStatements, change: Change, expected: string): Program<boolean> {
  const { key } = change
  yield* send(expected === NO_VERSION ? insertNone(statements, change, NO_VERSION) : lower(statements, key, expected))
  return (yield* lookedAt(statements, key)).version === NO_VERSION
}

/** The same where there are batches alone. */
export function* replaceInBatch(
  statements: BesideStatements,
  change: Change,
  expected: string,
  write: Program<WriteOutcome | 'needs_transaction'>,
): Program<WriteOutcome> {
  const [none, test] = lowerOrFail(statements, change, expected)
  try {
    const [, [, outcome]] = yield* sendAlong(none, sendAlong(test, write))
    if (outcome !== 'needs_transaction') return outcome
  } catch (error) {
    const found = yield* lookedAt(statements, change.key)
    if ((found.version ?? NO_VERSION) === expected) throw error
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

/** Something to lock, where there is no version yet. */
function insertNone(statements: BesideStatements, { entity, key }: Change, version: string): Statement {
  return statements.statement(false, (draft) => {
    const values = statements.versionValues(draft, { kind: 'upsert', entity, key, version, values: {} })
    return `${statements.insertVersion('')} values (${values}) ${statements.skipExisting}`
  })
}

/** In a batch, which fails where the version is another: it is then set to NULL, which the column does not take. */
function lowerOrFail(statements: BesideStatements, change: Change, expected: string): [Statement, Statement] {
  // A version that is not there at all is another as well.
  const none = insertNone(statements, change, expected === NO_VERSION ? NO_VERSION : '-')
  const test = statements.statement(false, (draft) => {
    const { versions } = statements
    const version = statements.version('version')
    const is = `${version} = ${draft.parameter(versions.encode('version', expected))}`
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    return (
      `update ${versions.quoted} set ${version} = case when ${is} then ${lowered} else null end ` +
      `where ${statements.ownVersion(draft, change.key)}`
    )
  })
  return [none, test]
}
