import { ClerkSyncError } from '../../errors.ts'
import type { Change } from '../../port/sync-adapter.ts'
import { smaller, tuples } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import { type Program, type RunResult, send } from '../program.ts'
import { held, seen, taken, type Written } from '../written.ts'
import type { ChangeStatements, Dialect } from './dialect.ts'

const text = (column: string) => `convert(cast(${column} as char) using utf8mb4)`

/**
 * MySQL and MariaDB. Any unique index leads to the update, also one that finds another row. Where the row found is not
 * that of the change, or is as new, the statement fails: it adds to the largest number there is. So a statement that went
 * well wrote the row, and counts 1 for a new one, whatever triggers do; one that failed has left no trace, theirs neither.
 *
 * The row is read back all the same: a trigger may change the version, or the key, of what is written.
 */
export const mysql: Dialect = {
  parameter: () => '?',
  maxParameters: 65_535,
  writeText({ table, key, insert, values, update, guard, version }, rows) {
    const stored = `${table}.${version}`
    const same = `cast(${table}.${key} as binary) = cast(values(${key}) as binary)`
    const older = smaller(`${table}.${guard}`, `values(${guard})`)
    // Assignments run from left to right, so that of the guard comes first, on the one column that is always text.
    const next = guard === version ? `values(${version})` : stored
    const first = `${version} = if(${same} and ${older}, ${next}, ~0 + length(concat_ws('', ${stored}, '+')))`
    const others = update.filter((column) => column !== version).map((column) => `${column} = values(${column})`)
    return (
      `insert into ${table} (${insert.join(', ')}) values ${tuples(values, rows, () => '?')} ` +
      `on duplicate key update ${[first, ...others].join(', ')}`
    )
  },
  writeReturns: false,
  unlocked: { inRow: async (...given) => (await import('./mariadb-unlocked.ts')).unlockedOnMariadb(...given) },
  beside: async () => (await import('../beside/mysql.ts')).mysqlBeside,
  parts: async () => (await import('../parts/mysql.ts')).mysqlParts,
  *write(statements, change, faultOf) {
    let written: RunResult
    try {
      written = yield* send(statements.one(change))
    } catch (error) {
      // Of our own sum, or of a trigger's: the row is looked at in either case.
      if (faultOf(error) !== 'out_of_range') throw error
      return yield* heldOrClash(statements, change, error)
    }
    const row = seen(yield* send(statements.look(change)), change)
    if (!held(change, row)) throw lostWrite(statements, change, row)
    // What is newer by now came after this write.
    return taken(change, written.affected === 1, row.deleted && row.found === 'same')
  },
  session: ', @@autocommit as clerk_autocommit',
  lockRow: ' for update',
  // A subquery would have it lock the whole table.
  skipLocked: 'before',
  skipExisting: () => '',
  texts: {
    of: text,
    lowerIn: (column, list) => `lower(${text(column)}) in (${list})`,
    same: (column, value) => `cast(${text(column)} as binary) = cast(convert(${value} using utf8mb4) as binary)`,
  },
  catalog: async () => (await import('../check/catalogs/mysql.ts')).catalog,
  uniqueAmongLive: (table, columns, deletedAt) =>
    `alter table ${table} add live tinyint as (if(${deletedAt} is null, 1, null)), ` +
    `add unique (${columns.join(', ')}, live)`,
}

/** After a write that was held back: is the row as new already, or did a unique index find another one? */
function* heldOrClash(statements: ChangeStatements, change: Change, cause: unknown): Program<Written> {
  // With a lock, since a transaction's own view of the row may be older.
  const written = held(change, seen(yield* send(statements.look(change, ' lock in share mode')), change))
  if (written) return written
  throw new ClerkSyncError(
    'unique_conflict',
    `${statements.table.name}: another row has one of the unique values of ${change.key}. Nothing was written. The ` +
      "two rows are in conflict in Clerk as well, or the other row's change is still on its way. " +
      'If no other row has one, a trigger before inserts changes the version or the Clerk id: make it leave them unchanged.',
    { cause },
  )
}
