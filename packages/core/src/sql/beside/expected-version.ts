import { heldOutcome } from '../../port/outcomes.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { type Program, type Statement, send, sendAlong } from '../program.ts'
import { type Beside, type BesideStatements, besideOf, lostBeside } from './beside.ts'

// Compare-and-set beside a table: the version that is expected is lowered to that of a row that no event has reached, and
// so the guard that follows takes. Both in one transaction, or in one batch.

/** In a transaction; false where the version is another. It is locked from here on. */
export function* lowerExpected(statements: BesideStatements, { key }: Change, expected: string): Program<boolean> {
  yield* send(expected === NO_VERSION ? insertNone(statements, key, NO_VERSION) : lower(statements, key, expected))
  const found = besideOf(yield* send(statements.look(key)), key)
  return found.version === NO_VERSION
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
    const found = besideOf(yield* send(statements.look(change.key)), change.key)
    if ((found.version ?? NO_VERSION) === expected) throw error
    return otherThanExpected(change, found)
  }
  throw lostBeside(statements, change, {})
}

/** The outcome of a change whose expected version is not there. */
export function otherThanExpected(change: Change, { version, deleted, isThere }: Beside): WriteOutcome {
  return heldOutcome(change, version === change.version, deleted || !isThere)
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
function insertNone(statements: BesideStatements, key: string, version: string): Statement {
  const { versions, table } = statements
  return statements.statement(false, (draft) => {
    const values = Object.entries({ tableName: table.name, id: key, version })
      .map(([property, value]) => draft.parameter(versions.encode(property, value)))
      .join(', ')
    return `${statements.insertVersion('')} values (${values}, null) ${statements.skipExisting}`
  })
}

/** In a batch, which fails where the version is another: it is then set to NULL, which the column does not take. */
function lowerOrFail(statements: BesideStatements, { key }: Change, expected: string): [Statement, Statement] {
  // A version that is not there at all is another as well.
  const none = insertNone(statements, key, expected === NO_VERSION ? NO_VERSION : '-')
  const test = statements.statement(false, (draft) => {
    const { versions } = statements
    const version = statements.version('version')
    const is = `${version} = ${draft.parameter(versions.encode('version', expected))}`
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    return (
      `update ${versions.quoted} set ${version} = case when ${is} then ${lowered} else null end ` +
      `where ${statements.ownVersion(draft, key)}`
    )
  })
  return [none, test]
}
