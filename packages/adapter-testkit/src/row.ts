import type { Entity, Values } from '@clerk-sync/core/adapter'
import { ENTITIES, type Facts, type KitEntity } from './entities.ts'
import type { RawRow } from './harness.ts'
import { type KitColumn, type KitTable, type SyncedTableName, TABLES, type TableName } from './tables.ts'

/** Columns in canonical form: dates in ms, JSON parsed, booleans as such; numbered ids are left out. */
export type RowValues = Readonly<Record<string, unknown>>

/** What the JSON value null reads as, since SQL's NULL reads as null. */
export const JSON_NULL = 'the JSON value null'

export const NO_FACTS: Facts = { email: null, name: null, metadata: null, date: null, flag: false }

/** What a snapshot writes into a table, in canonical form. */
export function rowValues(table: SyncedTableName, key: string, facts: Partial<Facts>): RowValues {
  const { entity, columns }: KitTable & { readonly entity: Entity } = TABLES[table]
  const values: RowValues = ENTITIES[entity].values(key, { ...NO_FACTS, ...facts })
  const held = Object.entries(values).filter(([name]) => name in columns)
  return Object.fromEntries(
    held.map(([name, value]) => [name, value === null && columns[name]?.notNull ? emailOfNobody(key) : value]),
  )
}

/** What an erasing delete leaves, in canonical form. */
export function tombstoneValues(table: SyncedTableName, key: string): RowValues {
  const { entity, columns }: KitTable & { readonly entity: Entity } = TABLES[table]
  const { deleteCarries }: KitEntity = ENTITIES[entity]
  const values = Object.entries(rowValues(table, key, {}))
  // Of an id alone nothing follows.
  const known = (column: string) => deleteCarries !== 'id' || columns[column]?.notNull
  return Object.fromEntries(values.map(([column, value]) => [column, known(column) ? value : null]))
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
      throw new Error(`The harness must read ${column} as text, to distinguish the JSON value null from SQL's NULL.`)
    default:
      return value
  }
}

/** Which of these events wrote a row that an ORM gives, whatever it calls the columns: its version; undefined for no row. */
export function versionIn(row: unknown, events: readonly WrittenValues[]): string | undefined {
  const values: readonly unknown[] = Object.values(Object(row ?? {}))
  const inRow = values.find((value) => typeof value === 'string' && /^(0|\d{33})$/.test(value)) as string | undefined
  // With the versions beside, its values say so: each of the events has a name of its own.
  const named = events.filter(({ values: { firstName } }) => typeof firstName === 'string')
  return inRow ?? named.find((event) => values.includes(event.values.firstName))?.version
}

interface WrittenValues {
  readonly version: string
  readonly values: RowValues
}
