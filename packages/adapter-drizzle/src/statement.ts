import { type Change, ClerkSyncError, NO_VERSION } from '@clerk-sync/core'
import { type BuildQueryConfig, type Column, is, type QueryWithTypings, SQL } from 'drizzle-orm'
import type { SyncedTable } from './synced-table.ts'

/**
 * A statement whose text is ready. Rendering a query costs Drizzle more than the rest of a delivery, so the text is
 * made once per set of columns. It is not a prepared query of Drizzle's, since those leave the transaction that they
 * are run in, and encode NULL wrongly.
 */
export class Rendered extends SQL {
  constructor(
    readonly query: { readonly sql: string; readonly params: unknown[] },
    /** Whether rows come back: SQLite's drivers want to know beforehand. */
    readonly returnsRows: boolean,
    /** For a text that is sent again and again: what the server may know it by. */
    readonly name?: string,
  ) {
    super([])
  }

  override toQuery(_config: BuildQueryConfig): QueryWithTypings {
    return { ...this.query }
  }
}

/** A guarded write, by quoted column names: what a dialect makes a statement of. */
export interface GuardedWrite {
  readonly table: string
  readonly key: string
  /** The columns of a new row, in the order of the parameters. */
  readonly insert: readonly string[]
  /** The columns to set in a row that is there; the guard is the last of them. */
  readonly update: readonly string[]
  /** Written only while the row's value in this column is smaller, or NULL. */
  readonly guard: string
}

/** How a database spells things. Names of tables and columns come quoted. */
export interface Spelling {
  /** The nth parameter of a statement, from 1. */
  parameter(n: number): string
  /** The write of `rows` rows at once. */
  write(write: GuardedWrite, rows: number): string
  /** Whether `write` gives a row for each row it wrote. */
  readonly writeReturns: boolean
  /** What follows an insert that must not fail for a key that is there. */
  readonly skipExisting: string
}

/** The names of a schema object in the database, quoted, with the `casing` of the database object applied. */
export interface Names {
  readonly table: string
  column(property: string): string
}

interface Prepared {
  readonly columns: readonly string[]
  readonly write: GuardedWrite
  readonly text: string
  readonly name: string
}

/** Turns changes into statements, each text once. */
export class Statements {
  readonly #prepared = new Map<string, Prepared>()

  constructor(
    readonly table: SyncedTable,
    readonly names: Names,
    private readonly spelling: Spelling,
  ) {}

  one(change: Change): Rendered {
    const row = this.#row(change)
    const { columns, text, name } = this.#prepare(change, Object.keys(row))
    return new Rendered({ sql: text, params: this.#encode(columns, row) }, this.spelling.writeReturns, name)
  }

  /** One statement for changes that write the same columns. */
  many(changes: readonly [Change, ...Change[]]): Rendered {
    const rows = changes.map((change) => this.#row(change))
    const { columns, write } = this.#prepare(changes[0], Object.keys(rows[0] as object))
    const params = rows.flatMap((row) => this.#encode(columns, row))
    return new Rendered({ sql: this.spelling.write(write, rows.length), params }, this.spelling.writeReturns)
  }

  /** Key and version of those keys that have a row. */
  versions(keys: readonly string[], lock = ''): Rendered {
    const key = this.names.column(this.table.key)
    const parameters = keys.map((_, index) => this.spelling.parameter(index + 1)).join(', ')
    const version = this.names.column('clerkVersion')
    const sql = `select ${key} as clerk_key, ${version} as clerk_version from ${this.names.table} where ${key} in (${parameters})`
    return new Rendered({ sql: sql + lock, params: [...keys] }, true)
  }

  /** What `many` can put together. */
  shapeOf(change: Change): string {
    return shapeOf(change, Object.keys(this.#row(change)))
  }

  #row(change: Change): Record<string, unknown> {
    const row: Record<string, unknown> = { [this.table.key]: change.key }
    for (const [property, value] of Object.entries(change.values)) if (value !== undefined) row[property] = value
    for (const property of this.table.computed) {
      const column = this.table.all[property] as Column
      if (!(property in row)) row[property] = (column.defaultFn ?? column.onUpdateFn)?.()
    }
    if (change.kind === 'delete') row.deletedAt = change.deletedAt
    row.clerkVersion = change.kind === 'delete' && change.mode === 'keep' ? NO_VERSION : change.version
    return row
  }

  #prepare(change: Change, columns: readonly string[]): Prepared {
    const shape = shapeOf(change, columns)
    let prepared = this.#prepared.get(shape)
    if (!prepared) {
      const name = (property: string) => this.names.column(property)
      const keep = change.kind === 'delete' && change.mode === 'keep'
      const mapped = columns.filter((property) => change.values[property] !== undefined)
      const synced = change.kind === 'delete' ? ['deletedAt', 'clerkVersion'] : ['clerkVersion']
      const write: GuardedWrite = {
        table: this.names.table,
        key: name(this.table.key),
        insert: columns.map(name),
        update: (keep ? ['deletedAt'] : [...mapped, ...synced]).map(name),
        guard: name(keep ? 'deletedAt' : 'clerkVersion'),
      }
      const text = this.spelling.write(write, 1)
      prepared = { columns, write, text, name: `clerk_sync_${hash(text, 0x811c9dc5)}${hash(text, 0x01234567)}` }
      this.#prepared.set(shape, prepared)
    }
    return prepared
  }

  #encode(columns: readonly string[], row: Record<string, unknown>): unknown[] {
    return columns.map((property) => encode(this.table.all[property] as Column, row[property], this.table.name))
  }
}

function shapeOf(change: Change, columns: readonly string[]): string {
  const mode = change.kind === 'delete' ? change.mode : 'upsert'
  return `${mode} ${columns.map((property) => (change.values[property] === undefined ? `+${property}` : property))}`
}

/** FNV-1a. Two of them tell texts apart well enough, and the same text has the same name in every process. */
function hash(text: string, seed: number): string {
  let value = seed
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}

function encode(column: Column, value: unknown, table: string): unknown {
  if (value === null || value === undefined) return null
  const encoded: unknown = is(value, SQL) ? value : column.mapToDriverValue(value)
  if (is(encoded, SQL)) {
    throw new ClerkSyncError(
      'config_invalid',
      `${table}.${column.name} is given an SQL expression, and a synced column takes plain values. ` +
        'For a default, use .default(sql`…`); for another type, map to what the driver takes.',
    )
  }
  return encoded
}
