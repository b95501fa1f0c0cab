import { chainOf } from '../errors.ts'
import { prop } from './prop.ts'

/**
 * Why a database refused a statement: another row has the unique value; a foreign key finds no row; a value does not fit
 * its column, a rule of the table forbids it, or a trigger raised an error; something that passes by itself, so that
 * trying again helps; on MySQL, a sum too large for its type; on PostgreSQL, an earlier statement of the transaction
 * that failed. The codes: SQLSTATE on PostgreSQL, error numbers on MySQL and MariaDB, result codes on SQLite.
 */
export type Fault = 'unique_conflict' | 'reference_missing' | 'value_refused' | 'transient' | 'out_of_range' | 'aborted'

/** SQLSTATE on PostgreSQL and MySQL: data exceptions (too long, out of range, wrong type), and errors of applications. */
const VALUE_STATE = /^(?:22[0-9A-Z]{3}|45000)$/

/** On MySQL and MariaDB, by name and number. */
const MYSQL_VALUE_ERRORS: readonly (readonly [string, number])[] = [
  ['ER_BAD_NULL_ERROR', 1048],
  ['ER_TOO_BIG_ROWSIZE', 1118],
  ['ER_NET_PACKET_TOO_LARGE', 1153],
  ['ER_WARN_NULL_TO_NOTNULL', 1263],
  ['ER_WARN_DATA_OUT_OF_RANGE', 1264],
  ['WARN_DATA_TRUNCATED', 1265],
  ['ER_TRUNCATED_WRONG_VALUE', 1292],
  ['ER_INVALID_CHARACTER_STRING', 1300],
  ['ER_NO_DEFAULT_FOR_FIELD', 1364],
  ['ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', 1366],
  ['ER_VIEW_CHECK_FAILED', 1369],
  ['ER_DATA_TOO_LONG', 1406],
  ['ER_WRONG_VALUE_FOR_TYPE', 1411],
  ['ER_CANT_CREATE_GEOMETRY_OBJECT', 1416],
  ['ER_NO_PARTITION_FOR_GIVEN_VALUE', 1526],
  ['ER_SIGNAL_EXCEPTION', 1644],
  ['ER_INVALID_JSON_TEXT', 3140],
  ['ER_JSON_DOCUMENT_TOO_DEEP', 3157],
  ['ER_CHECK_CONSTRAINT_VIOLATED', 3819],
  ['ER_CONSTRAINT_FAILED', 4025],
]

const FAULTS: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  // PostgreSQL: unique_violation, exclusion_violation, foreign_key_violation, restrict_violation
  ['23505', 'unique_conflict'],
  ['23P01', 'unique_conflict'],
  ['23503', 'reference_missing'],
  ['23001', 'reference_missing'],
  // not_null_violation, check_violation, with_check_option_violation; program_limit_exceeded, as by an index, and
  // statement_too_complex, as by nested JSON; raise_exception, assert_failure
  ['23502', 'value_refused'],
  ['23514', 'value_refused'],
  ['44000', 'value_refused'],
  ['54000', 'value_refused'],
  ['54001', 'value_refused'],
  ['P0001', 'value_refused'],
  ['P0004', 'value_refused'],
  // serialization_failure, deadlock_detected, lock_not_available
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
  ['ER_ROW_IS_REFERENCED', 'reference_missing'],
  ['ER_ROW_IS_REFERENCED_2', 'reference_missing'],
  [1217, 'reference_missing'],
  [1451, 'reference_missing'],
  [1213, 'transient'],
  [1205, 'transient'],
  [1020, 'transient'],
  [1690, 'out_of_range'],
  ...MYSQL_VALUE_ERRORS.flatMap(([name, number]): [string | number, Fault][] => [
    [name, 'value_refused'],
    [number, 'value_refused'],
  ]),
  // SQLite
  ['SQLITE_CONSTRAINT_UNIQUE', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'reference_missing'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'value_refused'],
  ['SQLITE_CONSTRAINT_CHECK', 'value_refused'],
  ['SQLITE_CONSTRAINT_DATATYPE', 'value_refused'],
  ['SQLITE_CONSTRAINT_FUNCTION', 'value_refused'],
  ['SQLITE_CONSTRAINT_TRIGGER', 'value_refused'],
  ['SQLITE_MISMATCH', 'value_refused'],
  ['SQLITE_TOOBIG', 'value_refused'],
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
  // SQLITE_CONSTRAINT_NOTNULL, _CHECK, _DATATYPE, _FUNCTION, _TRIGGER, SQLITE_MISMATCH, SQLITE_TOOBIG
  [1299, 'value_refused'],
  [275, 'value_refused'],
  [3091, 'value_refused'],
  [1043, 'value_refused'],
  [1811, 'value_refused'],
  [20, 'value_refused'],
  [18, 'value_refused'],
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
    // MySQL's `signal` may set any number beside its state.
    for (const state of [prop(link, 'code'), prop(link, 'sqlState')]) {
      if (typeof state === 'string' && VALUE_STATE.test(state)) return 'value_refused'
    }
  }
  return undefined
}

function libsqlFault(link: unknown): Fault | undefined {
  const message = prop(link, 'message')
  if (prop(link, 'code') !== 'SQLITE_CONSTRAINT' || typeof message !== 'string') return undefined
  return LIBSQL_TEXTS.find(([text]) => text.test(message))?.[1]
}
