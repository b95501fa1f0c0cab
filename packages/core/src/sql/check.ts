import type { Problem } from '../port/sync-adapter.ts'
import { VERSION_LENGTH } from '../port/version.ts'
import { LEDGER_COLUMNS, type LedgerTable, type SyncedTable } from './table.ts'

/** What a database says of a table. Names are as the database has them. */
export interface TableFacts {
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** The columns of each unique index that covers every row. */
  readonly uniques: readonly (readonly string[])[]
  readonly primaryKey: readonly string[]
  /** Columns with a foreign key. */
  readonly references: readonly string[]
}

export interface ColumnFacts {
  readonly notNull: boolean
  readonly defaultValue: string | null
  /** How many characters it holds, where the catalog says so. */
  readonly length?: number
  /** Whether texts that differ in case are the same to it. */
  readonly ignoresCase: boolean
}

/** Compares a synced table in the database with what its writes rely on. */
export function checkTable(synced: SyncedTable, facts: TableFacts): Problem[] {
  const table = synced.name
  if (facts.columns.size === 0) return [missingTable(table)]
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], column: string, message: string) =>
    problems.push({ severity, table, column, message: `${table}.${column} ${message}` })
  const nameOf = (property: string) => unquoted(synced.column(property))

  for (const property of synced.properties) {
    if (facts.columns.has(nameOf(property))) continue
    report('error', nameOf(property), 'is in the schema but not in the database. Run your migrations.')
  }
  const version = facts.columns.get(nameOf(synced.clerkVersion))
  if (version && !(version.notNull && /^'?0\b/.test(version.defaultValue ?? ''))) {
    report('error', nameOf(synced.clerkVersion), "must be NOT NULL DEFAULT '0', or rows of your own are never updated.")
  }
  if (version?.length !== undefined && version.length < VERSION_LENGTH) {
    const held = `holds ${version.length} characters, and a version has ${VERSION_LENGTH}`
    report('error', nameOf(synced.clerkVersion), `${held}. Widen it, as syncColumns() has it.`)
  }
  const key = nameOf(synced.key)
  if (facts.columns.has(key)) {
    if (![facts.primaryKey, ...facts.uniques].some((columns) => columns.length === 1 && columns[0] === key)) {
      report('error', key, 'has no unique index of its own, so that one user could have two rows. Add one.')
    }
    if (facts.columns.get(key)?.ignoresCase) {
      const fix = 'Give it a collation that minds it: on MySQL ascii_bin, or latin1_general_cs.'
      report('error', key, `ignores case, and Clerk ids differ in case. ${fix}`)
    }
  }
  for (const columns of facts.uniques) {
    if (columns.length === 1 && columns[0] === key) continue
    report(
      'warning',
      columns.join(', '),
      'is unique: while another row has the same value, a delivery is answered 503 unique_conflict and sent again. ' +
        'Drop the index unless the application relies on it.',
    )
  }
  for (const column of facts.references) {
    report(
      'warning',
      column,
      'has a foreign key: a row that arrives before the one it refers to is answered 503 reference_missing and sent ' +
        'again. Drop the constraint unless the application relies on it.',
    )
  }
  return problems
}

export function checkLedger(ledger: LedgerTable, facts: TableFacts): Problem[] {
  const table = ledger.name
  if (facts.columns.size === 0) return [missingTable(table)]
  const columns = LEDGER_COLUMNS.map((property) => unquoted(ledger.column(property)))
  const missing = columns.filter((column) => !facts.columns.has(column))
  const problems = missing.map(
    (column): Problem => ({
      severity: 'error',
      table,
      column,
      message: `${table}.${column} is missing. Run your migrations.`,
    }),
  )
  const id = unquoted(ledger.column('id'))
  if (![facts.primaryKey, ...facts.uniques].some((columns) => columns.length === 1 && columns[0] === id)) {
    problems.push({
      severity: 'error',
      table,
      message: `${table} has no primary key on its id, so that a duplicate would run its hook again. Add it.`,
    })
  }
  return problems
}

function missingTable(table: string): Problem {
  return { severity: 'error', table, message: `The table ${table} is not in the database. Run your migrations.` }
}

/** A name without its quotes and its schema. */
export function unquoted(name: string): string {
  return name.slice(name.lastIndexOf(name.slice(-1), name.length - 2) + 1, -1)
}
