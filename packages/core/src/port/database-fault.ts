import { chainOf } from '../errors.ts'

/**
 * What a database refused, told by the codes of the drivers:
 * SQLSTATE on PostgreSQL, error numbers on MySQL and MariaDB, result codes on SQLite; in text where a driver has no codes.
 */
export type Fault = 'unique_conflict' | 'reference_missing' | 'transient'

const FAULTS: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  // PostgreSQL: unique_violation, foreign_key_violation, serialization_failure, deadlock_detected, lock_not_available
  ['23505', 'unique_conflict'],
  ['23503', 'reference_missing'],
  ['40001', 'transient'],
  ['40P01', 'transient'],
  ['55P03', 'transient'],
  // MySQL and MariaDB
  ['ER_DUP_ENTRY', 'unique_conflict'],
  ['ER_NO_REFERENCED_ROW', 'reference_missing'],
  ['ER_NO_REFERENCED_ROW_2', 'reference_missing'],
  ['ER_LOCK_DEADLOCK', 'transient'],
  ['ER_LOCK_WAIT_TIMEOUT', 'transient'],
  ['ER_CHECKREAD', 'transient'],
  [1062, 'unique_conflict'],
  [1216, 'reference_missing'],
  [1452, 'reference_missing'],
  [1213, 'transient'],
  [1205, 'transient'],
  [1020, 'transient'],
  // SQLite
  ['SQLITE_CONSTRAINT_UNIQUE', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'unique_conflict'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'reference_missing'],
  ['SQLITE_BUSY', 'transient'],
  ['SQLITE_BUSY_SNAPSHOT', 'transient'],
  ['SQLITE_BUSY_RECOVERY', 'transient'],
  ['SQLITE_LOCKED', 'transient'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'transient'],
  // Prisma: its own codes, and the kinds of its driver adapters, which keep the database's code aside
  ['P2002', 'unique_conflict'],
  ['P2003', 'reference_missing'],
  ['P2034', 'transient'],
  ['UniqueConstraintViolation', 'unique_conflict'],
  ['ForeignKeyConstraintViolation', 'reference_missing'],
  ['TransactionWriteConflict', 'transient'],
])

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

const CODE_FIELDS = ['code', 'extendedCode', 'errno', 'kind', 'originalCode'] as const

/** D1 has no codes; its text quotes names and never values. */
const D1_TEXTS: readonly (readonly [RegExp, Fault])[] = [
  [/^D1_ERROR: UNIQUE constraint failed: /, 'unique_conflict'],
  [/^D1_ERROR: FOREIGN KEY constraint failed/, 'reference_missing'],
]

/** PlanetScale puts MySQL's number into the text of its `DatabaseError`. */
const PLANETSCALE_NUMBER = /\(errno (\d+)\) \(sqlstate \w{5}\)/

/** What the database refused, sought through `cause`, since ORMs wrap what drivers throw. */
export function faultOf(error: unknown): Fault | undefined {
  for (const one of errorsOf(error)) {
    for (const code of ownCodesOf(one)) {
      const fault = FAULTS.get(code)
      if (fault) return fault
    }
    const fault = SQLITE_ERRCODES.get(Reflect.get(one, 'errcode')) ?? d1FaultOf(one)
    if (fault) return fault
  }
  return undefined
}

/** The codes that drivers and databases gave an error and its causes: texts and numbers. */
export function* codesOf(error: unknown): Generator<unknown> {
  for (const one of errorsOf(error)) yield* ownCodesOf(one)
}

function* errorsOf(error: unknown): Generator<object> {
  for (const link of chainOf(error)) {
    for (const one of [link, ...chainOf(driverErrorOf(link))]) if (typeof one === 'object' && one !== null) yield one
  }
}

function* ownCodesOf(error: object): Generator<unknown> {
  for (const field of CODE_FIELDS) yield Reflect.get(error, field)
  if (error instanceof Error && error.name === 'DatabaseError') {
    yield Number(PLANETSCALE_NUMBER.exec(error.message)?.[1])
  }
}

function d1FaultOf(error: object): Fault | undefined {
  return error instanceof Error ? D1_TEXTS.find(([text]) => text.test(error.message))?.[1] : undefined
}

/** Prisma keeps what a driver adapter threw beside `cause`. */
function driverErrorOf(error: unknown): unknown {
  return memberOf(memberOf(error, 'meta'), 'driverAdapterError')
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
