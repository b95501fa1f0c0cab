import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  type DeleteMode,
  isKeptDelete,
  NO_VERSION,
  type Replacement,
  type Values,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import type { Table, TableInRow } from './synced-table.ts'

/** A change as clerk_sync_write takes it. Dates become text on the way, JSON.stringify sees to that. */
export interface SentChange {
  readonly table: string
  readonly key: string
  readonly mode: 'upsert' | 'fill' | DeleteMode
  readonly row: Readonly<Record<string, unknown>>
  /** The table of versions, where they are beside. */
  readonly versions?: string
  readonly version?: string
  /** The version that is there, of a change that replaces no other. */
  readonly expected?: string | undefined
  readonly deletedAt?: Date | null | undefined
}

export function sentChange(table: Table, change: Change): SentChange {
  const { key } = table
  const mode = change.kind === 'delete' ? change.mode : 'upsert'
  const row: Record<string, unknown> = { ...sentValues(table.name, change.values), [key]: change.key }
  const deletedAt = change.kind === 'delete' && { deletedAt: change.deletedAt }
  if (isBeside(table)) {
    const { version, expected } = change
    return { table: table.name, key, mode, row, versions: table.versionsName, version, expected, ...deletedAt }
  }
  if (deletedAt) row[table.deletedAt] = deletedAt.deletedAt
  row[table.clerkVersion] = mode === 'keep' ? NO_VERSION : change.version
  return { table: table.name, key, mode, row }
}

/** All that a row has in one table of parts, as clerk_sync_write_parts takes it. */
interface SentParts {
  readonly table: string
  readonly owner: string
  readonly key: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** What a write of a change leaves of the row's parts; undefined where it touches none. */
export function sentParts({ parts: tables }: Table, change: Change): readonly SentParts[] | undefined {
  if (!tables || isKeptDelete(change)) return undefined
  return tables.flatMap(({ part, name, owner, key }): SentParts[] => {
    const given = change.kind === 'delete' ? [] : change.parts?.[part]
    const rows = given?.map(({ id, values }) => ({ ...sentValues(name, values), [owner]: change.key, [key]: id }))
    return rows ? [{ table: name, owner, key, rows }] : []
  })
}

/** The arguments of a function that writes a change. Functions of a version that knows no parts take those of other tables. */
export function sentWrite(table: Table, change: Change, more?: Partial<SentChange>): object {
  return { change: { ...sentChange(table, change), ...more }, parts: sentParts(table, change) }
}

/** What replaces a row of exactly one version, as clerk_sync_replace takes it. */
export interface SentReplacement {
  readonly table: string
  readonly key: string
  readonly row: Readonly<Record<string, unknown>>
  readonly expected: string
  readonly deletedBefore: Date | null
  /** Only where there is no tombstone. */
  readonly live: boolean
}

export function sentReplacement(
  table: TableInRow,
  change: Change,
  { version, deletedAt, values, deletedBefore }: Replacement,
  expected: string,
  live: boolean,
): { readonly change: SentReplacement; readonly parts: readonly SentParts[] | undefined } {
  const { row, key } = sentChange(table, values ? change : { ...change, values: {} })
  const { [table.deletedAt]: _, ...rest } = row
  const sent = {
    table: table.name,
    key,
    row: { ...rest, [table.clerkVersion]: version, ...(deletedAt !== undefined && { [table.deletedAt]: deletedAt }) },
    expected,
    deletedBefore: deletedBefore ?? null,
    live,
  }
  return { change: sent, parts: values ? sentParts(table, change) : undefined }
}

const OUTCOMES: readonly unknown[] = [
  'created',
  'updated',
  'deleted',
  'unchanged',
  'stale',
  'already_deleted',
  'owner_deleted',
] satisfies readonly WriteOutcome[]

export function isWritten(data: unknown): data is WriteOutcome {
  return OUTCOMES.includes(data)
}

function sentValues(table: string, values: Values): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([column, value]) => [column, asJson(table, column, value)]))
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
