import type { Values } from '@clerk-sync/core/adapter'
import type { RawRow } from './harness.ts'
import { type KitColumn, type SyncedTableName, TABLES, type TableName } from './tables.ts'

/** What an event tells, in words that fit every entity. */
export interface Facts {
  readonly email?: string | null
  readonly name?: string | null
  readonly metadata?: Record<string, unknown> | null
  /** In ms since 1970. */
  readonly date?: number | null
  readonly flag?: boolean
}

/** Columns in canonical form: dates in ms, JSON parsed, booleans as such; numbered ids are left out. */
export type RowValues = Readonly<Record<string, unknown>>

/** What the JSON value null reads as, since SQL's NULL reads as null. */
export const JSON_NULL = 'the JSON value null'

/** What a snapshot writes into a table, in canonical form. */
export function rowValues(table: SyncedTableName, key: string, facts: Facts): RowValues {
  const { email = null, name = null, metadata = null, date = null, flag = false } = facts
  switch (table) {
    case 'users':
    case 'ownKeyUsers':
      return { email, firstName: name, banned: flag, publicMetadata: metadata, lastSignInAt: date }
    case 'uniqueFirstUsers':
    case 'uniqueLastUsers':
      return { email, firstName: name }
    case 'requiredFirstUsers':
    case 'requiredLastUsers':
      return { email: email ?? emailOfNobody(key), firstName: name }
    case 'organizations':
      return { name, slug: email, publicMetadata: metadata }
    case 'organizationMemberships':
      return {
        organizationId: organizationOf(key),
        userId: ownerOf(key),
        role: name ?? 'org:member',
        permissions: metadata && Object.keys(metadata),
      }
    case 'sessions':
      return { userId: ownerOf(key), status: name ?? 'active', expireAt: date }
  }
}

/** What an erasing delete leaves, in canonical form. */
export function tombstoneValues(table: SyncedTableName, key: string): RowValues {
  return rowValues(table, key, {})
}

/** The same as the port's values: what an adapter is handed. */
export function portValues(table: SyncedTableName, values: RowValues): Values {
  const columns: Readonly<Record<string, KitColumn>> = TABLES[table].columns
  const entries = Object.entries(values).map(([name, value]) => {
    return [name, columns[name]?.kind === 'date' && typeof value === 'number' ? new Date(value) : value]
  })
  return Object.fromEntries(entries)
}

/** An address for the tables that require one. */
export function emailOfNobody(key: string): string {
  return `${key}@nobody.invalid`
}

/** What a new row of the table holds before anything is written to it. */
export function emptyRow(table: TableName): RowValues {
  const columns = Object.entries<KitColumn>(TABLES[table].columns).filter(([, { kind }]) => kind !== 'serial')
  return Object.fromEntries(columns.map(([name, column]) => [name, column.default ?? null]))
}

/** Brings what a harness read into canonical form. */
export function canonical(table: TableName, row: RawRow): RowValues {
  const columns = Object.entries<KitColumn>(TABLES[table].columns).filter(([, { kind }]) => kind !== 'serial')
  return Object.fromEntries(
    columns.map(([name, { kind }]) => {
      const value = row[name]
      if (value === undefined) throw new Error(`The harness read no ${name} from ${table}: it must read every column.`)
      return [name, value === null ? null : canonicalValue(kind, value, `${table}.${name}`)]
    }),
  )
}

function canonicalValue(kind: KitColumn['kind'], value: unknown, column: string): unknown {
  switch (kind) {
    case 'boolean':
      return value === true || Number(value) === 1
    case 'integer':
      return Number(value)
    case 'date':
      return value instanceof Date ? value.getTime() : Number(value)
    case 'json':
      if (typeof value === 'string') return JSON.parse(value) ?? JSON_NULL
      throw new Error(`The harness must read ${column} as text, to tell the JSON value null from SQL's NULL.`)
    default:
      return value
  }
}

/** The user whom a session or membership of the kit belongs to. */
export function ownerOf(key: string): string {
  return `user_of_${key}`
}

export function organizationOf(key: string): string {
  return `org_of_${key}`
}
