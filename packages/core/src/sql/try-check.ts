import { databaseFault, type Fault } from '../port/database-fault.ts'
import type { Catalog } from './catalogs/catalog.ts'
import type { Dialect } from './dialects/dialect.ts'
import { type Program, query } from './program.ts'
import type { CheckFacts, ColumnFacts, Expression } from './table-facts.ts'

/** A row that a CHECK constraint is tried on. */
export interface TriedRow {
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** A column of the catalog's, in the database's quotes. */
  quoted(column: string): string
  /** What a write gives some of the columns, as the driver takes it; the others get what the database fills in. */
  readonly given: ReadonlyMap<string, unknown>
}

/** `untried`: the database does not evaluate the expression outside the constraint, whatever the row. */
export type Trial = { readonly is: 'passes' | 'refuses' } | { readonly is: 'untried'; readonly cause: unknown }

export interface TryParts {
  readonly dialect: Pick<Dialect, 'parameter'>
  readonly catalog: Catalog
  readonly faultOf?: ((error: unknown) => Fault | undefined) | undefined
}

/** What a CHECK constraint says to a row: the database itself evaluates its expression. Nothing is written. */
export function* tryCheck(
  { dialect, catalog, faultOf = databaseFault }: TryParts,
  { expression }: CheckFacts,
  row: TriedRow,
): Program<Trial> {
  const mentioned = mentionedIn(expression, row.columns)
  const generated = mentioned.filter((column) => row.columns.get(column)?.generatedAs !== undefined)
  const behind = generated.flatMap((column) => mentionedIn(row.columns.get(column)?.generatedAs ?? '', row.columns))
  const plain = [...new Set([...mentioned, ...behind])].filter((column) => !generated.includes(column))
  const params: unknown[] = []
  const parameter = (value: unknown) => dialect.parameter(params.push(value))
  const valueFor = (column: string): string => {
    const facts = row.columns.get(column) as ColumnFacts
    if (row.given.has(column)) return catalog.typed(parameter(row.given.get(column)), facts)
    const { sql, params: own }: Expression = facts.filledBy ?? { sql: 'null', params: [] }
    params.push(...own)
    return catalog.typed(`(${sql})`, facts)
  }
  const values = plain.map((column) => `${valueFor(column)} as ${row.quoted(column)}`)
  const computed = generated.map((column) => `, (${row.columns.get(column)?.generatedAs}) as ${row.quoted(column)}`)
  // A limit keeps the planner from working the expression out before there is a row.
  const from = (limit: 0 | 1) =>
    `(select s.*${computed.join('')} from (select ${values.join(', ') || '1 as one'} limit ${limit}) as s) as t`
  const ask = (limit: 0 | 1) => query(`select (${expression}) as holds from ${from(limit)}`, ...params)
  try {
    const [found] = yield* ask(1)
    return { is: isFalse(found?.holds) ? 'refuses' : 'passes' }
  } catch (cause) {
    if (faultOf(cause) === 'transient') throw cause
    // Without a row, only what is wrong with the question fails. A database that went away fails the next one as well.
    const understood = yield* succeeds(ask(0))
    yield* query('select 1 as one')
    // A constraint that fails on the row refuses it too: a function of the application's may throw.
    return understood ? { is: 'refuses' } : { is: 'untried', cause }
  }
}

/** The columns that an expression has the names of, in quotes or not. */
export function mentionedIn(expression: string, columns: ReadonlyMap<string, unknown>): string[] {
  const words = expression.match(/`[^`]+`|"(?:[^"]|"")+"|\[[^\]]+\]|[\w$\u0080-\uffff]+/g) ?? []
  const names = new Set(
    words.map((word) =>
      word
        .replace(/^[`"[]|[`"\]]$/g, '')
        .replaceAll('""', '"')
        .toLowerCase(),
    ),
  )
  return [...columns.keys()].filter((column) => names.has(column.toLowerCase()))
}

function* succeeds(program: Program<unknown>): Program<boolean> {
  try {
    yield* program
    return true
  } catch {
    return false
  }
}

function isFalse(holds: unknown): boolean {
  return holds === false || holds === 0 || holds === 0n || holds === '0'
}
