import { chainOf } from '../../errors.ts'
import { prop } from '../../port/prop.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { unquoted } from '../names.ts'
import { type Program, type Statement, send, sendAlong } from '../program.ts'
import { type Beside, type BesideStatements, lookedAt } from './beside.ts'
import { lostBeside, otherThanExpected } from './outcomes.ts'

// Compare-and-set beside a table: the version that is expected is lowered to that of a row that no event has reached, and
// so the guard that follows takes. Both in one transaction, or in one batch.

/** In a transaction; false where the version is another. It is locked from here on. */
export function* lowerExpected(statements: BesideStatements, change: Change, expected: string): Program<boolean> {
  const { key } = change
  const isNew = expected === NO_VERSION
  // Something to lock. With a look for the row in it, MySQL would lock the row, or the gap beside it, before the version.
  yield* send(isNew ? insertAs(statements, change, NO_VERSION) : lower(statements, key, expected))
  const found = yield* lookedAt(statements, key)
  if (found.version !== NO_VERSION) return false
  if (isReplaceable(expected, found)) return true
  yield* send(removeAs(statements, key, NO_VERSION))
  return false
}

/** The same where there are batches alone. */
export function* replaceInBatch(
  statements: BesideStatements,
  change: Change,
  expected: string,
  write: Program<WriteOutcome | 'needs_transaction'>,
): Program<WriteOutcome> {
  const none = expected === NO_VERSION ? NO_VERSION : NOT_THERE
  const insertNone = insertAs(statements, change, none)
  try {
    const [, [, outcome]] = yield* sendAlong(insertNone, sendAlong(lowerOrFail(statements, change, expected), write))
    if (outcome !== 'needs_transaction') return outcome
  } catch (error) {
    const found = yield* lookedAt(statements, change.key)
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

/** Takes back what {@link insertAs} has left of a key without a row: it would pass for the version of one that was removed. */
export function removeAs(statements: BesideStatements, key: string, version: string): Statement {
  const { versions } = statements
  return statements.statement(false, (draft) => {
    const own = statements.ownVersion(draft, key)
    const inserted = draft.parameter(versions.encode('version', version))
    return `delete from ${versions.quoted} where ${own} and ${statements.version('version')} = ${inserted}`
  })
}

/** Stands for a version that is not there at all, until the end of its transaction or batch: it is another as well. */
export const NOT_THERE = '-'

/** Something to lock, where there is no version. */
export function insertAs(statements: BesideStatements, { entity, key }: Change, version: string): Statement {
  return statements.statement(false, (draft) => {
    const values = statements.versionValues(draft, { kind: 'upsert', entity, key, version, values: {} })
    return `${statements.insertVersion('')} values (${values}) ${statements.skipExisting}`
  })
}

/** In a batch, which fails where the version is another: it is then set to NULL, which the column does not take. */
function lowerOrFail(statements: BesideStatements, { key }: Change, expected: string): Statement {
  return statements.statement(false, (draft) => {
    const { versions } = statements
    const version = statements.version('version')
    const isExpected = `${version} = ${draft.parameter(versions.encode('version', expected))}`
    const is = expected === NO_VERSION ? `${isExpected} and exists (${statements.rowOf(draft, key)})` : isExpected
    const lowered = draft.parameter(versions.encode('version', NO_VERSION))
    return (
      `update ${versions.quoted} set ${version} = case when ${is} then ${lowered} else null end ` +
      `where ${statements.ownVersion(draft, key)}`
    )
  })
}

/**
 * The last statement of a batch that was to replace what {@link insertAs} has left: a batch whose write a trigger drops must
 * not leave it so. It inserts NULL, which the column does not take, since such a trigger drops all updates. See
 * {@link orLost}.
 */
export function failIfNotThere(statements: BesideStatements, { key }: Change): Statement {
  const { versions } = statements
  const [tableName, id, version] = (['tableName', 'id', 'version'] as const).map((name) => statements.version(name))
  return statements.statement(false, (draft) => {
    const own = statements.ownVersion(draft, key)
    const isLeft = `${own} and ${version} = ${draft.parameter(versions.encode('version', NOT_THERE))}`
    return `${statements.insertVersion('')} select ${tableName}, ${id}, null, null from ${versions.quoted} where ${isLeft}`
  })
}

/** The database names the column that takes no NULL: it is the version's, and none of the application's. */
export function* orLost<T>(statements: BesideStatements, change: Change, batch: Program<T>): Program<T> {
  try {
    return yield* batch
  } catch (error) {
    const [table, column] = [statements.versions.name, unquoted(statements.version('version'))]
    const named = [`${table}.${column}`, `"${column}" of relation "${table}"`]
    const messages = [...chainOf(error)].map((link) => String(prop(link, 'message')))
    const isStill = messages.some((message) => named.some((name) => message.includes(name)))
    throw isStill ? lostBeside(statements, change, {}, error) : error
  }
}
