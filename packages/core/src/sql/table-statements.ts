import { fnv1a } from '../port/fnv1a.ts'
import { isKeptDelete } from '../port/outcomes.ts'
import type { Change } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { bindable } from './bindable.ts'
import type { Upserts } from './columns/columns.ts'
import type { ChangeStatements, Dialect } from './dialects/dialect.ts'
import { SqlExpression, textsOf } from './expression.ts'
import type { GuardedWrite } from './guarded-write.ts'
import type { Statement } from './program.ts'
import type { KeyedTable, SqlTable, SyncedTable } from './table.ts'

/** The most that a time column of whole seconds takes away. */
export const ROUNDING_MS = 500

interface Prepared {
  readonly properties: readonly string[]
  readonly write: GuardedWrite
  readonly text: string
  /** None where the text may be another each time. */
  readonly name: string | undefined
  readonly outlivesTypes: boolean
  /** How many rows statements of many have been made for. */
  batched: number
}

/** Types whose values are read alike by whatever they are altered to, or refused. */
const PLAIN =
  /^(?:text|varchar|character varying|citext|uuid|bool|boolean|smallint|int|integer|bigint|jsonb?)(?:\(\d+\))?$/i

/** Texts that are kept: the expressions that an application fills columns with could differ each time. */
const MOST_PREPARED = 200

/** Turns the changes of one table into statements. Each text is made once for a set of columns, since making it costs more than all else. */
export class TableStatements implements ChangeStatements {
  readonly #prepared = new Map<string, Prepared>()

  constructor(
    readonly table: SyncedTable,
    private readonly dialect: Dialect,
  ) {}

  one(change: Change): Statement {
    const row = this.#row(change)
    const { properties, text, name, outlivesTypes } = this.#prepare(change, row)
    const params = this.#encode(properties, row)
    return { sql: text, params, returnsRows: this.dialect.writeReturns, ...(name && { name, outlivesTypes }) }
  }

  guarded(change: Change): { readonly write: GuardedWrite; readonly params: readonly (readonly unknown[])[] } {
    const row = this.#row(change)
    const { properties, write } = this.#prepare(change, row)
    return { write, params: properties.map((property) => encoded(this.table, this.dialect, property, row[property])) }
  }

  /** One statement for changes that write the same columns. */
  many(changes: Upserts): Statement {
    const rows = changes.map((change) => this.#row(change))
    const { properties, write } = this.#prepare(changes[0], rows[0] as Record<string, unknown>)
    return {
      sql: this.dialect.writeText(write, rows.length),
      params: rows.flatMap((row) => this.#encode(properties, row)),
      returnsRows: this.dialect.writeReturns,
    }
  }

  /** The rows of changes that write the same columns, and what makes one statement of them. */
  asRows(changes: Upserts): {
    readonly write: GuardedWrite
    readonly rows: readonly Record<string, unknown>[]
    statement(sql: string, params: readonly unknown[]): Statement
  } {
    const rows = changes.map((change) => this.#row(change))
    const prepared = this.#prepare(changes[0], rows[0] as Record<string, unknown>)
    const { write, name, outlivesTypes } = prepared
    prepared.batched += rows.length
    // A server may keep the plan that it made of a small table, and read all of a large one by it: so it makes another, of
    // another text, whenever twice as many rows have been written. Drivers and poolers know a statement by its text as well.
    const doublings = name ? ` /* ${Math.floor(Math.log2(prepared.batched))} */` : ''
    return {
      write,
      rows,
      statement(sql, params) {
        const text = sql + doublings
        return { sql: text, params, returnsRows: true, ...(name && { name: nameOf(text), outlivesTypes }) }
      },
    }
  }

  /** Key and version of those keys that have a row, whether it is a tombstone, and what else is asked for. */
  versions(keys: readonly string[], more = ''): Statement {
    const key = this.table.column(this.table.key)
    const parameters = keys.map((_, index) => this.dialect.parameter(index + 1)).join(', ')
    const version = this.table.column(this.table.clerkVersion)
    const sql =
      `select ${key} as clerk_key, ${version} as clerk_version, ${this.#deleted} as clerk_deleted${more}${this.dialect.session ?? ''} ` +
      `from ${this.table.quoted} where ${key} in (${parameters})`
    return { sql, params: [...keys], returnsRows: true }
  }

  /** Finds the row of a change, and whether it holds the change or a newer one: what alone is known of a write. {@link seen} reads it. */
  look(change: Change, lock = ''): Statement {
    const { table, dialect } = this
    const keep = isKeptDelete(change)
    // A column of seconds rounds what it stores; the parameter is not rounded.
    const rounding = dialect.exactDates ? 0 : ROUNDING_MS
    const rounded = (ms: number) => keep && new Date(change.deletedAt.getTime() + ms)
    const guard = keep ? table.deletedAt : table.clerkVersion
    const key = table.column(table.key)
    const stored = table.column(guard)
    const holds =
      `case when ${stored} > ${dialect.parameter(1)} then 2 ` +
      `when ${stored} >= ${dialect.parameter(2)} then 1 else 0 end`
    return {
      sql:
        `select ${key} as clerk_key, ${holds} as clerk_holds, ${this.#deleted} as clerk_deleted${dialect.session ?? ''} ` +
        `from ${table.quoted} where ${key} = ${dialect.parameter(3)}${lock}`,
      params: [
        table.encode(guard, rounded(rounding) || change.version),
        table.encode(guard, rounded(-rounding) || change.version),
        table.encode(table.key, change.key),
      ],
      returnsRows: true,
    }
  }

  /** Locks the row of a key until the end of the transaction. */
  lock(key: string): Statement {
    const { table, dialect } = this
    const column = table.column(table.key)
    const sql = `select ${column} as clerk_key from ${table.quoted} where ${column} = ${dialect.parameter(1)}${dialect.lockRow}`
    return { sql, params: [table.encode(table.key, key)], returnsRows: true }
  }

  get #deleted(): string {
    return `case when ${this.table.column(this.table.deletedAt)} is null then 0 else 1 end`
  }

  /** How many changes like this one `many` can put together. */
  mostRows(change: Change): number {
    const row = this.#row(change)
    return Math.floor(this.dialect.maxParameters / this.#encode(Object.keys(row), row).length)
  }

  /** What `many` can put together. */
  shapeOf(change: Change): string {
    return shapeOf(change, this.#row(change))
  }

  #row(change: Change): Record<string, unknown> {
    const { deletedAt, clerkVersion } = this.table
    const row = newRow(this.table, change)
    if (change.kind === 'delete') row[deletedAt] = change.deletedAt
    row[clerkVersion] = isKeptDelete(change) ? NO_VERSION : change.version
    return row
  }

  #prepare(change: Change, row: Record<string, unknown>): Prepared {
    const properties = Object.keys(row)
    const shape = shapeOf(change, row)
    let prepared = this.#prepared.get(shape)
    if (!prepared) {
      const { table } = this
      const column = (property: string) => table.column(property)
      const keep = isKeptDelete(change)
      const mapped = properties.filter((property) => change.values[property] !== undefined)
      const synced = change.kind === 'delete' ? [table.deletedAt, table.clerkVersion] : [table.clerkVersion]
      const write: GuardedWrite = {
        table: table.quoted,
        key: column(table.key),
        insert: properties.map(column),
        values: properties.map((property) => textsOf(row[property])),
        update: (keep ? [table.deletedAt] : [...mapped, ...synced]).map(column),
        guard: column(keep ? table.deletedAt : table.clerkVersion),
        version: column(table.clerkVersion),
        deletedAt: column(table.deletedAt),
      }
      const text = this.dialect.writeText(write, 1)
      const isKept = this.#prepared.size < MOST_PREPARED
      const own = [table.key, table.clerkVersion]
      const outlivesTypes = properties.every((property) => {
        return own.includes(property) || PLAIN.test(table.columns[property]?.type ?? '')
      })
      prepared = { properties, write, text, name: isKept ? nameOf(text) : undefined, outlivesTypes, batched: 0 }
      if (isKept) this.#prepared.set(shape, prepared)
    }
    return prepared
  }

  #encode(properties: readonly string[], row: Record<string, unknown>): unknown[] {
    return properties.flatMap((property) => encoded(this.table, this.dialect, property, row[property]))
  }
}

/** What an insert gives: the key, what is mapped, and what the ORM fills. */
export function newRow({ key, computed }: KeyedTable, change: Pick<Change, 'key' | 'values'>): Record<string, unknown> {
  const row: Record<string, unknown> = { [key]: change.key }
  for (const [property, value] of Object.entries(change.values)) if (value !== undefined) row[property] = value
  for (const [property, value] of Object.entries(computed)) if (!(property in row)) row[property] = value()
  return row
}

/** The parameters of one value. */
export function encoded(table: SqlTable, dialect: Dialect, property: string, value: unknown = null): unknown[] {
  const params = value instanceof SqlExpression ? value.params : [table.encode(property, value)]
  return params.map((param) => bindable(dialect, `${table.name}.${property}`, param))
}

export function shapeOf(change: Change, row: Record<string, unknown>): string {
  const mode = change.kind === 'delete' ? change.mode : 'upsert'
  const columns = Object.keys(row).map((property) => {
    const texts = row[property] instanceof SqlExpression ? `=${JSON.stringify(textsOf(row[property]))}` : ''
    return (change.values[property] === undefined ? '+' : '') + property + texts
  })
  return `${mode} ${columns}`
}

/** Two hashes distinguish texts well enough, and the same text has the same name in every process. */
export function nameOf(text: string): string {
  const hashes = [fnv1a(text), fnv1a(text, 0x01234567)]
  return `clerk_sync_${hashes.map((hash) => hash.toString(16).padStart(8, '0')).join('')}`
}
