import type { Change } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { textsOf } from '../expression.ts'
import type { Statement } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import { encoded, nameOf, newRow, shapeOf } from '../table-statements.ts'
import { type BesideStatements, type Draft, type RowChange, staysDeleted } from './beside.ts'

/** Statements that the server may know by a name: the expressions that fill columns could differ each time. */
const MOST_NAMED = 200

/** The pieces of the statements on a table and on its versions beside it. Dialects put them together. */
export class BesideTableStatements implements BesideStatements {
  readonly #named = new Set<string>()

  constructor(
    readonly table: BesideTable,
    readonly versions: VersionsTable,
    private readonly dialect: Dialect,
  ) {}

  get roundsDates(): boolean {
    return this.dialect.exactDates !== true
  }

  statement(returnsRows: boolean, text: (draft: Draft) => string, keepName = false): Statement {
    const params: unknown[] = []
    const parameter = (...values: readonly unknown[]) => {
      params.push(...values)
      return this.dialect.parameter(params.length)
    }
    const sql = text({ parameter, params })
    const name = keepName ? this.#nameOf(sql) : undefined
    return { sql, params, returnsRows, ...(name && { name }) }
  }

  get key(): string {
    return this.table.column(this.table.key)
  }

  version(property: 'tableName' | 'id' | 'version' | 'deletedAt'): string {
    return this.versions.column(property)
  }

  keyParameter({ parameter }: Draft, key: string): string {
    return parameter(this.table.encode(this.table.key, key))
  }

  ownVersion({ parameter }: Draft, key: string): string {
    const { versions } = this
    const name = parameter(versions.encode('tableName', this.tableName))
    return `${this.version('tableName')} = ${name} and ${this.version('id')} = ${parameter(versions.encode('id', key))}`
  }

  insertVersion(alias = ' as v'): string {
    const columns = (['tableName', 'id', 'version', 'deletedAt'] as const).map((property) => this.version(property))
    return `insert into ${this.versions.quoted}${alias} (${columns.join(', ')})`
  }

  versionValues({ parameter }: Draft, change: Change): string {
    const { versions } = this
    const values = { tableName: this.tableName, id: change.key, version: change.version }
    const parameters = Object.entries(values).map(([property, value]) => parameter(versions.encode(property, value)))
    const deletedAt = change.kind === 'delete' ? parameter(versions.encode('deletedAt', change.deletedAt)) : 'null'
    return [...parameters, deletedAt].join(', ')
  }

  raiseOlder(change: Change): string {
    const set = (staysDeleted(change) ? (['version'] as const) : (['version', 'deletedAt'] as const)).map(
      (property) => {
        const column = this.version(property)
        return `${column} = excluded.${column}`
      },
    )
    const version = this.version('version')
    const key = `${this.version('tableName')}, ${this.version('id')}`
    return `on conflict (${key}) do update set ${set.join(', ')} ` + `where v.${version} < excluded.${version}`
  }

  get skipExisting(): string {
    const key = `${this.version('tableName')}, ${this.version('id')}`
    return this.dialect.skipExisting('')
      ? `on conflict (${key}) do nothing`
      : `on duplicate key update ${this.version('id')} = ${this.version('id')}`
  }

  insertColumns(change: RowChange): string {
    return Object.keys(newRow(this.table, change))
      .map((property) => this.table.column(property))
      .join(', ')
  }

  insertValues(draft: Draft, change: RowChange): string {
    const values = Object.entries(newRow(this.table, change)).map(([property, value]) => {
      const [first = '', ...others] = textsOf(value)
      const params = encoded(this.table, this.dialect, property, value)
      return others.reduce((text, next, n) => text + draft.parameter(params[n]) + next, first)
    })
    return values.join(', ')
  }

  updated({ values }: RowChange): readonly string[] {
    const mapped = Object.keys(values).filter((property) => values[property] !== undefined)
    return (mapped.length > 0 ? mapped : [this.table.key]).map((property) => this.table.column(property))
  }

  updateExisting(change: RowChange): string {
    const set = this.updated(change).map((column) => `${column} = excluded.${column}`)
    return `on conflict (${this.key}) do update set ${set.join(', ')}`
  }

  /**
   * The version beside, and whether the row is there: one row, in any case. {@link besideOf} reads it. No `max()`: at
   * MySQL's level SERIALIZABLE it would lock the gap beside the row, and all who insert there.
   */
  look(key: string, proof: (draft: Draft) => string = () => 'null'): Statement {
    return this.statement(true, (draft) => {
      const of = (value: string) =>
        `(select ${value} from ${this.versions.quoted} where ${this.ownVersion(draft, key)})`
      const row = () => `(${this.rowOf(draft, key)})`
      return (
        `select ${of(this.version('id'))} as clerk_id, ${of(this.version('version'))} as clerk_version, ` +
        `${of(`case when ${this.version('deletedAt')} is null then 0 else 1 end`)} as clerk_deleted, ` +
        `${row()} as clerk_key, ${proof(draft)} as clerk_proof`
      )
    })
  }

  rowOf(draft: Draft, key: string): string {
    return `select ${this.key} from ${this.table.quoted} where ${this.key} = ${this.keyParameter(draft, key)}`
  }

  /** The versions beside of several keys. */
  versionsOf(keys: readonly string[]): Statement {
    return this.statement(true, ({ parameter }) => {
      const { versions } = this
      const table = parameter(versions.encode('tableName', this.tableName))
      const ids = keys.map((key) => parameter(versions.encode('id', key)))
      return (
        `select ${this.version('id')} as clerk_key, ${this.version('version')} as clerk_version, ` +
        `case when ${this.version('deletedAt')} is null then 0 else 1 end as clerk_deleted${this.dialect.session ?? ''} ` +
        `from ${versions.quoted} where ${this.version('tableName')} = ${table} and ${this.version('id')} in (${ids.join(', ')})`
      )
    })
  }

  rowsOf(keys: readonly string[]): Statement {
    return this.statement(true, (draft) => {
      const parameters = keys.map((key) => this.keyParameter(draft, key))
      return `select ${this.key} as clerk_key from ${this.table.quoted} where ${this.key} in (${parameters.join(', ')})`
    })
  }

  encode(property: string, value: unknown): unknown {
    return encoded(this.table, this.dialect, property, value)[0]
  }

  /** How many changes like this one a statement can hold. */
  mostRows(change: RowChange): number {
    const columns = Object.keys(newRow(this.table, change)).length
    return Math.floor((this.dialect.maxParameters - 1) / Math.max(columns, 4))
  }

  /** Changes that one statement can hold. */
  shapeOf(change: RowChange): string {
    return shapeOf(change, newRow(this.table, change))
  }

  get tableName(): string {
    return this.table.tableName ?? this.table.name
  }

  #nameOf(text: string): string | undefined {
    if (!this.#named.has(text)) {
      if (this.#named.size >= MOST_NAMED) return undefined
      this.#named.add(text)
    }
    return nameOf(text)
  }
}
