import { chainOf } from '../errors.ts'
import { prop } from './prop.ts'

/**
 * Why a database refused a statement: another row has the unique value; a foreign key finds no row; something that passes by
 * itself, so that trying again helps; on MySQL, a sum too large for its type; on PostgreSQL, an earlier statement of the
 * transaction that failed. The codes: SQLSTATE on PostgreSQL, error numbers on MySQL and MariaDB, result codes on
 * SQLite.
 */
export type Fault = 'unique_conflict' | 'reference_missing' | 'transient' | 'out_of_range' | 'aborted'

const FAULTS: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  // PostgreSQL: unique_violation, foreign_key_violation, serialization_failure, deadlock_detected, lock_not_available
  ['23505', 'unique_conflict'],
  ['23503', 'reference_missing'],
  ['40001', 'transient'],
  ['40P01', 'transient'],
  ['55P03', 'transient'],
  // in_failed_sql_transaction
  ['25P02', 'aborted'],
  // MySQL and MariaDB
  ['ER_DUP_ENTRY', 'unique_conflict'],
  ['ER_NO_REFERENCED_ROW', 'reference_missing'],
  ['ER_NO_REFERENCED_ROW_2', 'reference_missing'],
  ['ER_LOCK_DEADLOCK', 'transient'],
  ['ER_LOCK_WAIT_TIMEOUT', 'transient'],
  ['ER_CHECKREAD', 'transient'],
  ['ER_DATA_OUT_OF_RANGE', 'out_of_range'],
  [1062, 'unique_conflict'],
  [1216, 'reference_missing'],
  [1452, 'reference_missing'],
  [1213, 'transient'],
  [1205, 'transient'],
  [1020, 'transient'],
  [1690, 'out_of_range'],
  // SQLite
  ['SQLITE_CONSTRAINT_UNIQUE', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'reference_missing'],
  ['SQLITE_BUSY', 'transient'],
  ['SQLITE_BUSY_SNAPSHOT', 'transient'],
  ['SQLITE_BUSY_RECOVERY', 'transient'],
  ['SQLITE_LOCKED', 'transient'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'transient'],
  // libsql's server, before anything of the transaction was kept
  ['TRANSACTION_BUSY', 'transient'],
  ['TRANSACTION_TIMEOUT', 'transient'],
  ['STREAM_EXPIRED', 'transient'],
])

/** Over HTTP, libsql's server sends the primary code alone; its text begins with SQLite's own and says which. */
const LIBSQL_TEXTS: readonly (readonly [RegExp, Fault])[] = [
  [/^(SQLITE_CONSTRAINT: )*(SQLite error: )?UNIQUE constraint failed: /, 'unique_conflict'],
  [/^(SQLITE_CONSTRAINT: )*(SQLite error: )?FOREIGN KEY constraint failed/, 'reference_missing'],
]

/** The same of SQLite as node:sqlite gives them: extended result codes in `errcode`, beside a code of Node's own. */
const SQLITE_ERRCODES: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _FOREIGNKEY
  [2067, 'unique_conflict'],
  [1555, 'unique_conflict'],
  [787, 'reference_missing'],
  // SQLITE_BUSY, _BUSY_RECOVERY, _BUSY_SNAPSHOT, SQLITE_LOCKED, _LOCKED_SHAREDCACHE
  [5, 'transient'],
  [261, 'transient'],
  [517, 'transient'],
  [6, 'transient'],
  [262, 'transient'],
])

const CODE_FIELDS = ['code', 'extendedCode', 'errno'] as const

/** What the database refused, sought through `cause`, since ORMs wrap what drivers throw. */
export function databaseFault(error: unknown): Fault | undefined {
  for (const link of chainOf(error)) {
    for (const field of CODE_FIELDS) {
      const fault = FAULTS.get(prop(link, field))
      if (fault) return fault
    }
    const fault = SQLITE_ERRCODES.get(prop(link, 'errcode')) ?? libsqlFault(link)
    if (fault) return fault
  }
  return undefined
}

function libsqlFault(link: unknown): Fault | undefined {
  const message = prop(link, 'message')
  if (prop(link, 'code') !== 'SQLITE_CONSTRAINT' || typeof message !== 'string') return undefined
  return LIBSQL_TEXTS.find(([text]) => text.test(message))?.[1]
}
