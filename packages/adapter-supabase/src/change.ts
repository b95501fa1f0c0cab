import { ClerkSyncError } from '@clerk-sync/core'
import { type Change, type DeleteMode, NO_VERSION, type WriteOutcome } from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import type { Table } from './synced-table.ts'

/** A change as clerk_sync_write takes it. Dates become text on the way, JSON.stringify sees to that. */
export interface SentChange {
  readonly table: string
  readonly key: string
  readonly mode: 'upsert' | DeleteMode
  readonly row: Readonly<Record<string, unknown>>
  /** The table of versions, where they are beside. */
  readonly versions?: string
  readonly version?: string
  readonly deletedAt?: Date
}

export function sentChange(table: Table, change: Change): SentChange {
  const { key } = table
  const mode = change.kind === 'delete' ? change.mode : 'upsert'
  const values = Object.entries(change.values).map(([column, value]) => [column, asJson(table.name, column, value)])
  const row: Record<string, unknown> = { ...Object.fromEntries(values), [key]: change.key }
  const deletedAt = change.kind === 'delete' && { deletedAt: change.deletedAt }
  if (isBeside(table)) {
    return { table: table.name, key, mode, row, versions: table.versionsName, version: change.version, ...deletedAt }
  }
  if (deletedAt) row[table.deletedAt] = deletedAt.deletedAt
  row[table.clerkVersion] = mode === 'keep' ? NO_VERSION : change.version
  return { table: table.name, key, mode, row }
}

const OUTCOMES: readonly unknown[] = [
  'created',
  'updated',
  'deleted',
  'unchanged',
  'stale',
  'already_deleted',
] satisfies readonly WriteOutcome[]

export function isWritten(data: unknown): data is WriteOutcome {
  return OUTCOMES.includes(data)
}

/** What JSON has no kind for goes as the text that PostgreSQL reads as it. */
function asJson(table: string, column: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array)
    return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  if (typeof value !== 'function' && typeof value !== 'symbol') return value
  throw new ClerkSyncError(
    'config_invalid',
    `${table}.${column} is given a ${typeof value}, which no column takes: return a value from the map, or null.`,
  )
}
