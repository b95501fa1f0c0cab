import type { TableInfo } from '@clerk-sync/core/adapter'
import type { Database, RootDatabase } from 'lmdb'

/** LMDB has no schema: these are the constraints of a column that the adapter keeps. */
export interface Column {
  /** NOT NULL. */
  readonly required?: boolean
  /** No two rows have the same value; any number have null. */
  readonly unique?: boolean
  /** What a new row has where nothing is given. */
  readonly default?: unknown
}
export type Columns = Readonly<Record<string, Column>>
export type Row = Readonly<Record<string, unknown>>

/** A unique value, and whose it is. */
type Owners = Database<string, [column: string, value: string]>

/** The rows of one table, by Clerk id, and an index of its unique values. */
export class Table {
  readonly name: string
  readonly #columns: Columns
  readonly #rows: Database<Row, string>
  readonly #owners: Owners

  constructor(store: RootDatabase, name: string, columns: Columns) {
    this.name = name
    this.#columns = columns
    this.#rows = store.openDB({ name })
    this.#owners = store.openDB({ name: `${name}.unique` })
  }

  get(id: string): Row | undefined {
    const stored = this.#rows.get(id)
    return stored && mapped(stored, fromText)
  }

  /** The next keys, in LMDB's order. */
  keysAfter(after: string | undefined, limit: number): string[] {
    const start = after === undefined ? {} : { start: after, exclusiveStart: true }
    return [...this.#rows.getKeys({ ...start, limit })]
  }

  /** Puts values into a row, new or not. Throws, before anything is written, what a database would. */
  put(id: string, values: Row): void {
    const before = this.get(id)
    const row: Record<string, unknown> = { ...(before ?? this.#newRow()) }
    for (const [column, value] of Object.entries(values)) if (value !== undefined) row[column] = value
    for (const [column, { required, unique }] of Object.entries(this.#columns)) {
      const value = row[column]
      if (required && value === null) throw refusal('NOT NULL', `${this.name}.${column} must not be null`)
      if (unique && value !== null && (this.#owners.get([column, String(value)]) ?? id) !== id) {
        throw refusal('SQLITE_CONSTRAINT_UNIQUE', `another row has this ${this.name}.${column}`)
      }
    }
    for (const [column, { unique }] of Object.entries(this.#columns)) {
      if (!unique || before?.[column] === row[column]) continue
      if (before && before[column] !== null) this.#owners.removeSync([column, String(before[column])])
      if (row[column] !== null) this.#owners.putSync([column, String(row[column])], id)
    }
    this.#rows.putSync(id, mapped(row, toText))
  }

  /** What the library learns of the table when it is set up. */
  info(): TableInfo {
    const columns = Object.entries(this.#columns).map(([column, { required = false, default: initial }]) => [
      column,
      {
        nullable: !required,
        required: required && initial === undefined,
        ...(required && initial !== undefined && { emptyValue: initial }),
      },
    ])
    return { name: this.name, columns: Object.fromEntries(columns) }
  }

  #newRow(): Row {
    const defaults = Object.entries(this.#columns).map(([column, { default: initial = null }]) => [column, initial])
    return Object.fromEntries([...defaults, ['deletedAt', null]])
  }
}

function mapped(row: Row, of: (value: unknown) => unknown): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, of(value)]))
}

/** JSON goes in as text: LMDB's own encoding gives a key `__proto__` back under another name. */
function toText(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
    ? { json: JSON.stringify(value) }
    : value
}

function fromText(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'json' in value ? JSON.parse(String(value.json)) : value
}

/** With a code that the library knows: a clash is then answered `unique_conflict`, everything else `store_failed`. */
function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
