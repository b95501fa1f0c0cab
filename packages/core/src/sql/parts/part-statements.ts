import { isKeptDelete } from '../../port/outcomes.ts'
import type { Change, PartRow } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { textsOf } from '../expression.ts'
import { tuples } from '../guarded-write.ts'
import type { Statement } from '../program.ts'
import type { PartTable } from '../table.ts'
import { encoded } from '../table-statements.ts'
import type { BatchDialect, Keys } from './batch-dialect.ts'
import type { PartDialect } from './part-dialect.ts'

/** Keeps statements well below the limits of databases on their length. */
const MOST_ROWS = 200

/** The statements on one table of parts. */
export class PartStatements {
  constructor(
    readonly table: PartTable,
    private readonly dialect: Dialect,
    private readonly parts: PartDialect,
  ) {}

  /** Owner and id of the parts of these owners: `ownedIn` reads it. */
  look(owners: readonly string[]): Statement {
    const { table, dialect } = this
    const owner = table.column(table.owner)
    const list = owners.map((_, n) => dialect.parameter(n + 1)).join(', ')
    return {
      sql:
        `select ${owner} as clerk_owner, ${table.column(table.key)} as clerk_key ` +
        `from ${table.quoted} where ${owner} in (${list})`,
      params: owners.map((one) => table.encode(table.owner, one)),
      returnsRows: true,
    }
  }

  /** Parts of one owner. */
  delete(owner: string, ids: readonly string[]): readonly Statement[] {
    const { table, dialect } = this
    const returned = this.parts.deleted?.(table.quoted)
    return slices(ids, dialect.maxParameters - 2).map((some) => {
      const list = some.map((_, n) => dialect.parameter(n + 3)).join(', ')
      return {
        sql: `delete from ${table.quoted} where ${this.#isOwn(1)} and ${table.column(table.key)} in (${list})${returned ?? ''}`,
        params: [...this.#own(owner), ...some.map((id) => table.encode(table.key, id))],
        returnsRows: returned !== undefined,
      }
    })
  }

  /** All parts of one owner but these: how many they are is no matter, nor what is there. */
  deleteOthers(owner: string, ids: readonly string[], batch: BatchDialect): Statement {
    const { table, dialect } = this
    const isOther = `not (${batch.among(table.column(table.key), batch.texts(dialect.parameter(3)))})`
    const sql = `delete from ${table.quoted} where ${this.#isOwn(1)} and ${isOther}`
    return { sql, params: [...this.#own(owner), JSON.stringify(ids)], returnsRows: false }
  }

  /** Of the owners whose ids a select gives. */
  deleteOf({ sql, params }: Keys, batch: BatchDialect): Statement {
    const { table } = this
    const isOwn = batch.among(table.column(table.owner), sql)
    return { sql: `delete from ${table.quoted} where ${isOwn}`, params, returnsRows: false }
  }

  /** Fails a batch where an owner has others than these, or not all of them. */
  proof(owner: string, ids: readonly string[], batch: BatchDialect): Statement {
    const { table, dialect } = this
    const isOne = batch.among(table.column(table.key), batch.texts(dialect.parameter(1)))
    const isLost = `count(*) <> ${ids.length} or count(case when ${isOne} then 1 end) <> ${ids.length}`
    const proof = batch.failing(table.part, isLost)
    const sql = `select ${proof} as clerk_proof from ${table.quoted} where ${this.#isOwn(2)}`
    return { sql, params: [JSON.stringify(ids), ...this.#own(owner)], returnsRows: true }
  }

  /** A collation that ignores case finds another owner's as well. */
  #isOwn(first: number): string {
    const { table, dialect } = this
    const column = table.column(table.owner)
    return `${column} = ${dialect.parameter(first)} and ${dialect.texts.same(column, dialect.parameter(first + 1))}`
  }

  #own(owner: string): readonly unknown[] {
    return [this.table.encode(this.table.owner, owner), owner]
  }

  /** Inserts parts of one owner, or updates those that are there; each with how many. All of them fill the same columns. */
  upsert(owner: string, rows: readonly PartRow[]): readonly (readonly [statement: Statement, count: number])[] {
    const { table, dialect } = this
    const all = rows.map((row) => this.#newRow(owner, row))
    const properties = Object.keys(all[0] ?? {})
    const mapped = properties.filter((property) => rows[0]?.values[property] !== undefined)
    const params = all.map((row) => properties.flatMap((name) => encoded(table, dialect, name, row[name])))
    const most = Math.min(MOST_ROWS, Math.floor(dialect.maxParameters / Math.max(1, params[0]?.length ?? 1)))
    const values = properties.map((property) => textsOf(all[0]?.[property]))
    return slices(params, most).map((some) => {
      const sql = this.parts.upsert({
        table: table.quoted,
        owner: table.column(table.owner),
        id: table.column(table.key),
        insert: properties.map((property) => table.column(property)),
        tuples: tuples(values, some.length, (n) => dialect.parameter(n)),
        update: mapped.map((property) => table.column(property)),
      })
      return [{ sql, params: some.flat(), returnsRows: this.parts.returns }, some.length]
    })
  }

  #newRow(owner: string, { id, values }: PartRow): Readonly<Record<string, unknown>> {
    const { table } = this
    const row: Record<string, unknown> = { [table.owner]: owner, [table.key]: id }
    for (const [property, value] of Object.entries(values)) if (value !== undefined) row[property] = value
    for (const [property, value] of Object.entries(table.computed)) if (!(property in row)) row[property] = value()
    return row
  }
}

/** The parts of a change in a table; undefined where it leaves them as they are. */
export function rowsIn(change: Change, { part }: PartTable): readonly PartRow[] | undefined {
  if (change.kind === 'upsert') return change.parts?.[part]
  return isKeptDelete(change) ? undefined : []
}

function slices<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
}
