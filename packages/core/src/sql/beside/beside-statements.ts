import type { Change, Upsert } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { textsOf } from '../expression.ts'
import type { Statement } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import { encoded, nameOf, newRow, shapeOf } from '../table-statements.ts'

/** Statements that the server may know by a name: the expressions that fill columns could differ each time. */
const MOST_NAMED = 200

/** A text while it is put together, with its parameters in the order in which they stand there. */
export interface Draft {
  /** Adds parameters, and gives what stands for the last of them. */
  parameter(...values: readonly unknown[]): string
  readonly params: readonly unknown[]
}

/** The pieces of the statements on a table and on its versions beside it. Dialects put them together. */
export class BesideStatements {
  readonly #named = new Set<string>()

  constructor(
    readonly table: BesideTable,
    readonly versions: VersionsTable,
    readonly dialect: Dialect,
  ) {}

  /** Makes a statement. Where `keepName` is set, servers that prepare statements keep it. */
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

  /** The key's column, and a column of the versions. */
  get key(): string {
    return this.table.column(this.table.key)
  }

  version(property: 'tableName' | 'id' | 'version' | 'deletedAt'): string {
    return this.versions.column(property)
  }

  keyParameter({ parameter }: Draft, key: string): string {
    return parameter(this.table.encode(this.table.key, key))
  }

  /** `table_name = ? and id = ?` */
  ownVersion({ parameter }: Draft, key: string): string {
    const { versions, table } = this
    const name = parameter(versions.encode('tableName', table.name))
    return `${this.version('tableName')} = ${name} and ${this.version('id')} = ${parameter(versions.encode('id', key))}`
  }

  /** `insert into clerk_versions as v (table_name, id, version, deleted_at)`, without the alias on MySQL. */
  insertVersion(alias = ' as v'): string {
    const columns = (['tableName', 'id', 'version', 'deletedAt'] as const).map((property) => this.version(property))
    return `insert into ${this.versions.quoted}${alias} (${columns.join(', ')})`
  }

  /** `?, ?, ?, ?`, or NULL for the last of them: the types of parameters follow from the columns. */
  versionValues({ parameter }: Draft, change: Change): string {
    const { versions, table } = this
    const values = { tableName: table.name, id: change.key, version: change.version }
    const parameters = Object.entries(values).map(([property, value]) => parameter(versions.encode(property, value)))
    const deletedAt = change.kind === 'delete' ? parameter(versions.encode('deletedAt', change.deletedAt)) : 'null'
    return [...parameters, deletedAt].join(', ')
  }

  /** PostgreSQL's and SQLite's guard. */
  get raiseOlder(): string {
    const [version, deletedAt] = [this.version('version'), this.version('deletedAt')]
    const key = `${this.version('tableName')}, ${this.version('id')}`
    return (
      `on conflict (${key}) do update set ${version} = excluded.${version}, ${deletedAt} = excluded.${deletedAt} ` +
      `where v.${version} < excluded.${version}`
    )
  }

  /** The columns of a new row. */
  insertColumns(change: Upsert): string {
    return Object.keys(newRow(this.table, change))
      .map((property) => this.table.column(property))
      .join(', ')
  }

  /** Their values, with the parameters. */
  insertValues(draft: Draft, change: Upsert): string {
    const values = Object.entries(newRow(this.table, change)).map(([property, value]) => {
      const [first = '', ...others] = textsOf(value)
      const params = encoded(this.table, this.dialect, property, value)
      return others.reduce((text, next, n) => text + draft.parameter(params[n]) + next, first)
    })
    return values.join(', ')
  }

  /** The columns that an update sets: what is mapped, and the key, to itself, where that is nothing. */
  updated({ values }: Upsert): readonly string[] {
    const mapped = Object.keys(values).filter((property) => values[property] !== undefined)
    return (mapped.length > 0 ? mapped : [this.table.key]).map((property) => this.table.column(property))
  }

  /** What PostgreSQL and SQLite do where the row is there. */
  updateExisting(change: Upsert): string {
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
      const row = () =>
        `(select ${this.key} from ${this.table.quoted} where ${this.key} = ${this.keyParameter(draft, key)})`
      return (
        `select ${of(this.version('id'))} as clerk_id, ${of(this.version('version'))} as clerk_version, ` +
        `${of(`case when ${this.version('deletedAt')} is null then 0 else 1 end`)} as clerk_deleted, ` +
        `${row()} as clerk_key, ${proof(draft)} as clerk_proof`
      )
    })
  }

  /** The versions beside of several keys. */
  versionsOf(keys: readonly string[]): Statement {
    return this.statement(true, ({ parameter }) => {
      const { versions } = this
      const table = parameter(versions.encode('tableName', this.table.name))
      const ids = keys.map((key) => parameter(versions.encode('id', key)))
      return (
        `select ${this.version('id')} as clerk_key, ${this.version('version')} as clerk_version, ` +
        `case when ${this.version('deletedAt')} is null then 0 else 1 end as clerk_deleted ` +
        `from ${versions.quoted} where ${this.version('tableName')} = ${table} and ${this.version('id')} in (${ids.join(', ')})`
      )
    })
  }

  /** Which of several keys have a row. */
  rowsOf(keys: readonly string[]): Statement {
    return this.statement(true, (draft) => {
      const parameters = keys.map((key) => this.keyParameter(draft, key))
      return `select ${this.key} as clerk_key from ${this.table.quoted} where ${this.key} in (${parameters.join(', ')})`
    })
  }

  /** How many changes like this one a statement can hold. */
  mostRows(change: Upsert): number {
    const columns = Object.keys(newRow(this.table, change)).length
    return Math.floor((this.dialect.maxParameters - 1) / Math.max(columns, 4))
  }

  /** Changes that one statement can hold. */
  shapeOf(change: Upsert): string {
    return shapeOf(change, newRow(this.table, change))
  }

  #nameOf(text: string): string | undefined {
    if (!this.#named.has(text)) {
      if (this.#named.size >= MOST_NAMED) return undefined
      this.#named.add(text)
    }
    return nameOf(text)
  }
}
