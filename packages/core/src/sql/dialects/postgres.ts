import { SVIX_TIMEOUT_MS } from '../../port/limits.ts'
import { tuples } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import { send } from '../program.ts'
import { held, isStored, seen, taken } from '../written.ts'
import { type Dialect, partialUniqueIndex } from './dialect.ts'
import { deferrableTriggers, oidOf, REHEARSE_DEFERRED, RUN_DEFERRED, UNDO_REHEARSAL } from './postgres-triggers.ts'
import { bytes, parameter, returning } from './postgres-write.ts'

/**
 * For this transaction alone, and where the application has set no limit: the server would keep the locks of a client
 * that vanished until keep-alive finds out, and every delivery for its rows would wait.
 */
const LIMIT_OF_A_VANISHED_CLIENT = (() => {
  const name = "'idle_in_transaction_session_timeout'"
  const current = `current_setting(${name})`
  return `set_config(${name}, case ${current} when '0' then '${SVIX_TIMEOUT_MS}' else ${current} end, true)`
})()

/**
 * PostgreSQL. A write is one statement, which gives the row as it is stored: `created` is true for a new one. No row comes
 * back where the guard held, and where a trigger dropped the write: then the row is looked at.
 */
export const postgres: Dialect = {
  parameter,
  maxParameters: 65_535,
  writeText(write, rows) {
    // The row of a partition has triggers there as well.
    const triggers = deferrableTriggers(`${oidOf(write.table)}, t.tableoid`)
    return returning(write, `values ${tuples(write.values, rows, parameter)}`, triggers)
  },
  writeReturns: true,
  columns: async () => (await import('../columns/postgres.ts')).postgresColumns,
  unlocked: {
    inRow: async (...given) => (await import('../columns/postgres.ts')).postgresColumns.inRow(...given, false),
    beside: async (...given) => (await import('../columns/postgres.ts')).postgresColumns.beside(...given, false),
  },
  beside: async () => (await import('../beside/postgres.ts')).postgresBeside,
  parts: async () => (await import('../parts/postgres.ts')).postgresParts,
  bindsObjects: true,
  *write(statements, change) {
    const [row] = (yield* send(statements.one(change))).rows
    const deferrable = typeof row?.clerk_deferrable === 'boolean' ? row.clerk_deferrable : undefined
    const isTaken = row !== undefined && isStored(row, change)
    if (isTaken && deferrable === undefined) return taken(change, row.created === true, row.clerk_deleted === true)
    const found = seen(yield* send(statements.look(change)), change)
    const written = held(change, found)
    if (!written) throw lostWrite(statements, change, found)
    if (!isTaken) return written
    return { ...taken(change, row.created === true, row.clerk_deleted === true), mayBeDeferred: deferrable === true }
  },
  // Rows that refer to this one are not held up.
  lockRow: ' for no key update',
  skipLocked: 'within',
  skipExisting: (id) => ` on conflict (${id}) do nothing returning ${id} as claimed, ${LIMIT_OF_A_VANISHED_CLIENT}`,
  deferred: {
    mayBe: (table) => `, ${deferrableTriggers(`${oidOf(table)}, ${table}.tableoid`)} as clerk_deferrable`,
    run: RUN_DEFERRED,
    rehearse: REHEARSE_DEFERRED,
    undo: UNDO_REHEARSAL,
  },
  texts: {
    of: (column) => `${column}::text`,
    // By a Turkish locale, the small letter of I is none of ASCII.
    lowerIn: (column, list) => `(lower(${column}::text) in (${list}) or lower(${bytes(column)}) in (${list}))`,
    same: (column, value) => `${bytes(column)} = ${value}::text`,
  },
  catalog: async () => (await import('../check/catalogs/postgres.ts')).catalog,
  uniqueAmongLive: partialUniqueIndex,
}
