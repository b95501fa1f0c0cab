import { type Change, ClerkSyncError } from '@clerk-sync/core'
import { type Program, send } from './program.ts'
import { MYSQL_CLASH, MYSQL_UNCHANGED } from './spelling.ts'
import type { Statements } from './statement.ts'

/** What a guarded write found: no row, an older one, or one that stays. */
export type Written = 'created' | 'updated' | 'unchanged'

/** One guarded write, and what became of it: one program a database. */
export type WriteProgram = (statements: Statements, change: Change) => Program<Written>

export function* writePostgres(statements: Statements, change: Change): Program<Written> {
  const { rows } = yield* send(statements.one(change))
  if (rows.length === 0) return 'unchanged'
  return rows[0]?.created ? 'created' : 'updated'
}

/** SQLite does not tell an insert from an update afterwards, so the version is read before, in the same trip. */
export function* writeSqlite(statements: Statements, change: Change): Program<Written> {
  const [before, write] = yield [statements.versions([change.key]), statements.one(change)]
  if (write?.affected === 0) return 'unchanged'
  return before?.rows.length === 0 ? 'created' : 'updated'
}

export function* writeMysql(statements: Statements, change: Change): Program<Written> {
  const { affected, insertId } = yield* send(statements.one(change))
  if (insertId === MYSQL_UNCHANGED) return 'unchanged'
  if (insertId !== MYSQL_CLASH) return affected === 2 ? 'updated' : 'created'
  // An index that stands before the key found another row. Ours may be newer all the same: then nothing was to be done.
  const { rows } = yield* send(statements.versions([change.key], ' lock in share mode'))
  // A collation that ignores case finds others as well.
  const version = rows.find((row) => row.clerk_key === change.key)?.clerk_version
  if (typeof version === 'string' && version >= change.version) return 'unchanged'
  throw new ClerkSyncError(
    'unique_conflict',
    `${statements.table.name}: another row has one of the unique values of ${change.key}. Nothing was written. The two ` +
      "rows are in conflict in Clerk as well, or the other row's change is still on its way: the event is sent again.",
  )
}
