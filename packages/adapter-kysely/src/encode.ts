import { ClerkSyncError } from '@clerk-sync/core'
import type { DialectName } from '@clerk-sync/core/sql'

/**
 * What a driver is given for a value.
 *
 * Objects become JSON text, since mysql2 would make assignments of them and better-sqlite3 refuses them. Arrays do too,
 * but on PostgreSQL, whose arrays they may be: there the column is said to be JSON or an array, since the driver's text
 * of an array would fit a column of text as well. SQLite has neither dates nor booleans: they become ms since 1970, and
 * 0 or 1. All else is the driver's.
 *
 * @param holds - what the column was said to be
 */
export function encode(
  dialect: DialectName,
  column: string,
  holds: 'json' | 'arrays' | undefined,
  value: unknown,
): unknown {
  if (value === null || value === undefined) return null
  if (dialect === 'sqlite') {
    if (typeof value === 'boolean' || typeof value === 'number') return wholeNumber(Number(value))
    if (value instanceof Date) return wholeNumber(value.getTime())
  }
  if (typeof value !== 'object' || value instanceof Date) return value
  if ('toOperationNode' in value) {
    throw new ClerkSyncError(
      'config_invalid',
      `${column} is given an SQL expression of Kysely's, and a synced column takes plain values. Give the column a ` +
        'default in the database instead.',
    )
  }
  if (Array.isArray(value)) {
    if (dialect !== 'postgres' || holds === 'json') return JSON.stringify(value)
    if (holds === 'arrays') return value
    throw new ClerkSyncError(
      'config_invalid',
      `${column} is given an array, and Kysely does not know what the column holds: list it in json where it is json or ` +
        'jsonb, in arrays where it is an array of PostgreSQL, or return text from the map.',
    )
  }
  return isPlain(value) ? JSON.stringify(value) : value
}

/** better-sqlite3 binds every number as a float, and a column of text would hold '5.0'. */
function wholeNumber(value: number): number | bigint {
  return Number.isSafeInteger(value) ? BigInt(value) : value
}

/** A buffer or an object of a driver's own is not. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
