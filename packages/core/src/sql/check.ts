import type { Entity, Problem } from '../port/sync-adapter.ts'
import { VERSION_LENGTH } from '../port/version.ts'
import { LEDGER_COLUMNS, type LedgerTable, type SyncedTable } from './table.ts'

/** What a database says of a table. Names are as the database has them. */
export interface TableFacts {
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** Each unique index that covers every row. */
  readonly uniques: readonly UniqueFacts[]
  readonly primaryKey: readonly string[]
  /** Columns with a foreign key. */
  readonly references: readonly string[]
  readonly checks: readonly CheckFacts[]
}

export interface UniqueFacts {
  readonly columns: readonly string[]
  /** Whether two rows with NULL are the same to it. */
  readonly nullsNotDistinct?: boolean
}

/** A CHECK constraint: the expression that must not be false. */
export interface CheckFacts {
  readonly name: string
  readonly expression: string
}

export interface ColumnFacts {
  readonly notNull: boolean
  readonly defaultValue: string | null
  /** How many characters it holds, where the catalog says so. */
  readonly length?: number
  /** Whether a write would take texts that differ in case for the same key. */
  readonly ignoresCase: boolean
  /** How its texts are compared, where columns that differ in it are joined without an index. */
  readonly collation?: string
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
    if (!isUnique(facts, key)) {
      report('error', key, 'has no unique index of its own, so that one user could have two rows. Add one.')
    }
    if (facts.columns.get(key)?.ignoresCase) {
      report(
        'error',
        key,
        'ignores case, and Clerk ids differ in case. Give it text as its type, in the default collation.',
      )
    }
  }
  for (const { columns } of facts.uniques) {
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

/** Which columns are joined with the key of which table, by the names that fill them. */
const REFERENCES: Readonly<Record<string, Entity>> = {
  userid: 'user',
  createdby: 'user',
  organizationid: 'organization',
}

/** Compares the collations of columns that are joined. */
export function checkCollations(tables: readonly (readonly [SyncedTable, TableFacts])[]): Problem[] {
  const collationOf = ([table, facts]: readonly [SyncedTable, TableFacts], property: string) =>
    facts.columns.get(unquoted(table.column(property)))?.collation
  return tables.flatMap((entry): Problem[] =>
    entry[0].properties.flatMap((property): Problem[] => {
      const referred = tables.find(([{ entity }]) => entity === REFERENCES[property.replaceAll('_', '').toLowerCase()])
      if (!referred) return []
      const [own, keys] = [collationOf(entry, property), collationOf(referred, referred[0].key)]
      if (own === undefined || keys === undefined || own === keys) return []
      const table = entry[0].name
      const column = unquoted(entry[0].column(property))
      const key = `${referred[0].name}.${unquoted(referred[0].column(referred[0].key))}`
      const message =
        `${table}.${column} has the collation ${own}, and ${key} has ${keys}: a join of the two can use no index, and ` +
        'no foreign key can stand between them. Give both the same.'
      return [{ severity: 'warning', table, column, message }]
    }),
  )
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
  if (!isUnique(facts, id)) {
    problems.push({
      severity: 'error',
      table,
      message: `${table} has no primary key on its id, so that a duplicate would run its hook again. Add it.`,
    })
  }
  return problems
}

function isUnique({ primaryKey, uniques }: TableFacts, column: string): boolean {
  return [primaryKey, ...uniques.map(({ columns }) => columns)].some(([first, ...more]) => first === column && !more[0])
}

function missingTable(table: string): Problem {
  return { severity: 'error', table, message: `The table ${table} is not in the database. Run your migrations.` }
}

/** A name without its quotes and its schema. */
export function unquoted(name: string): string {
  return name.slice(name.lastIndexOf(name.slice(-1), name.length - 2) + 1, -1)
}
