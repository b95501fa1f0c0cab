import type { Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { SqlExpression } from '../expression.ts'
import type { KeyedTable, SqlTable } from '../table.ts'

/** By key, of those that it wrote. Nothing of those that it did not, and of those that a trigger may have changed. */
export type KnownOutcomes = ReadonlyMap<string, WriteOutcome>

/** They write the same columns of different rows. */
export type Upserts = readonly [Upsert, ...Upsert[]]

/** Rows as one parameter for each column: the text of the statement is the same for any number of them. */
export interface Columns {
  /** What stands for each column of a row. */
  readonly select: readonly string[]
  /** Where the rows come from: SQL that may stand after `from`. */
  readonly from: string
  readonly params: readonly unknown[]
}

/** A value for each row, for a column. */
export interface Column {
  readonly table: SqlTable
  readonly property: string
  readonly values: readonly unknown[]
  /** Whether each value is an array itself. */
  readonly isList?: boolean
}

/**
 * Undefined where the rows must go as single values: PostgreSQL flattens arrays of arrays, and what else than text,
 * numbers and dates becomes inside of an array is up to each driver.
 */
export function columnsOf(columns: readonly Column[], parameter: (n: number) => string): Columns | undefined {
  const select: string[] = []
  const arrays: string[] = []
  const params: unknown[] = []
  for (const { table, property, values, isList } of columns) {
    if (isList) return undefined
    const [first] = values
    if (first instanceof SqlExpression) {
      if (first.params.length > 0) return undefined
      select.push(first.texts.join(''))
      continue
    }
    const array = arrayOf(values.map((value) => table.encode(property, value)))
    if (array === undefined) return undefined
    params.push(array)
    // The second argument is never evaluated. It gives the parameter the type of the column, as an insert of values does.
    const typed = `(select array_agg(${table.column(property)}) from ${table.quoted} where false)`
    arrays.push(`coalesce(${parameter(params.length)}, ${typed})`)
    select.push(`u.c${params.length}`)
  }
  return { select, from: `unnest(${arrays.join(', ')}) as u(${params.map((_, n) => `c${n + 1}`).join(', ')})`, params }
}

/** The columns of rows that are alike. */
export function columnsIn(table: KeyedTable, rows: readonly Readonly<Record<string, unknown>>[]): Column[] {
  const properties = Object.keys(rows[0] ?? {})
  return properties.map((property) => ({
    table,
    property,
    values: rows.map((row) => row[property] ?? null),
    isList: table.columns[property]?.takes === 'list',
  }))
}

/** PostgreSQL's text of an array, which every driver sends as it is. What a date becomes is the driver's to say. */
function arrayOf(values: readonly unknown[]): unknown {
  if (values.some((value) => value instanceof Date)) {
    return values.every((value) => value === null || value instanceof Date) ? values : undefined
  }
  const texts: string[] = []
  for (const value of values) {
    const text = textOf(value)
    if (text === undefined) return undefined
    texts.push(text)
  }
  return `{${texts.join(',')}}`
}

function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return value === null ? 'NULL' : undefined
  }
}
