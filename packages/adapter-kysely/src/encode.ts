import { ClerkSyncError } from '@clerk-sync/core'
import type { DialectName } from '@clerk-sync/core/sql'

/**
 * What a driver is given for a value.
 *
 * Objects become JSON text, since mysql2 would make assignments of them and better-sqlite3 refuses them. Arrays do too,
 * but on PostgreSQL, whose arrays they may be: there only in columns that are said to be JSON. SQLite has neither dates
 * nor booleans: they become ms since 1970, and 0 or 1. All else is the driver's.
 */
export function encode(dialect: DialectName, column: string, isJson: boolean, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return dialect === 'sqlite' ? Number(value) : value
  if (typeof value !== 'object') return value
  if (value instanceof Date) return dialect === 'sqlite' ? value.getTime() : value
  if ('toOperationNode' in value) {
    throw new ClerkSyncError(
      'config_invalid',
      `${column} is given an SQL expression of Kysely's, and a synced column takes plain values. Give the column a ` +
        'default in the database instead.',
    )
  }
  if (Array.isArray(value)) return dialect === 'postgres' && !isJson ? value : JSON.stringify(value)
  return isPlain(value) ? JSON.stringify(value) : value
}

/** A buffer or an object of a driver's own is not. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
