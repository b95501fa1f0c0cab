import { looksLikeClerkId, referredBy, unfitForIds } from '../port/id-column.ts'
import type { Entity, Problem, Values } from '../port/sync-adapter.ts'
import { VERSION_LENGTH } from '../port/version.ts'
import { checkAccess } from './check-access.ts'
import { checkIndexes, checkNullability } from './check-indexes.ts'
import { unquoted } from './names.ts'
import { isInRow, type KeyedTable, LEDGER_COLUMNS, type LedgerTable } from './table.ts'
import type { TableFacts } from './table-facts.ts'

/** What is known beside the catalog. */
export interface CheckedWrites {
  /** The properties that the map fills; without them, all that a map may fill. */
  readonly mapped?: readonly string[] | undefined
  /** What the map gives, tried with a sample of Clerk's. */
  readonly sample?: Values | undefined
  readonly padsChars?: boolean
}

/** Compares a synced table in the database with what its writes rely on. */
export function checkTable(
  synced: KeyedTable,
  facts: TableFacts,
  { mapped = Object.keys(synced.columns), sample = {}, padsChars = false }: CheckedWrites = {},
): Problem[] {
  const table = synced.name
  if (facts.columns.size === 0) return [missingTable(table)]
  if (facts.otherKind) return [notATable(table, facts.otherKind)]
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], column: string, message: string) =>
    problems.push({ severity, table, column, message: `${table}.${column} ${message}` })
  const nameOf = (property: string) => unquoted(synced.column(property))

  for (const property of synced.properties) {
    if (facts.columns.has(nameOf(property))) continue
    report('error', nameOf(property), 'is in the schema but not in the database. Run your migrations.')
  }
  const syncColumns = isInRow(synced) ? [nameOf(synced.clerkVersion), nameOf(synced.deletedAt)] : []
  const [versionColumn = ''] = syncColumns
  const version = facts.columns.get(versionColumn)
  if (version && !(version.notNull && /^'?0\b/.test(version.defaultValue ?? ''))) {
    report('error', versionColumn, "must be NOT NULL DEFAULT '0', or rows of your own are never updated.")
  }
  if (version?.length !== undefined && version.length < VERSION_LENGTH) {
    const held = `holds ${version.length} characters, and a version has ${VERSION_LENGTH}`
    report('error', versionColumn, `${held}. Widen it, as syncColumns() has it.`)
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
  const reportUnfit = (property: string, entity: Entity) => {
    const { type, takesText } = facts.columns.get(nameOf(property)) ?? {}
    const unfit = type === undefined ? undefined : unfitForIds(entity, { type, takesText, padsChars })
    if (unfit) report('error', nameOf(property), unfit)
  }
  reportUnfit(synced.key, synced.entity)
  for (const property of mapped) {
    const entity = referredBy(property)
    const given = sample[property] ?? undefined
    if (entity && (given === undefined || looksLikeClerkId(given))) reportUnfit(property, entity)
  }
  const filled = new Set(mapped.map(nameOf))
  problems.push(...checkIndexes(synced, facts, filled), ...checkNullability(synced, facts, mapped))
  for (const trigger of facts.triggers ?? []) {
    problems.push({
      severity: 'warning',
      table,
      message:
        `${table} has the trigger ${trigger}: while it raises an error, drops a write, or changes the Clerk id, the ` +
        'version or the time of deletion, deliveries are answered 503. Let it leave those columns as they are written.',
    })
  }
  const read = [key, ...syncColumns, ...filled]
  problems.push(...checkAccess(synced, facts, { select: read, insert: read, update: read.slice(1) }))
  return problems
}

/** Compares the collations of columns that are joined. */
export function checkCollations(tables: readonly (readonly [KeyedTable, TableFacts])[]): Problem[] {
  const collationOf = ([table, facts]: readonly [KeyedTable, TableFacts], property: string) =>
    facts.columns.get(unquoted(table.column(property)))?.collation
  return tables.flatMap((entry): Problem[] =>
    entry[0].properties.flatMap((property): Problem[] => {
      const referred = tables.find(([{ entity }]) => entity === referredBy(property))
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
  if (facts.otherKind) return [notATable(table, facts.otherKind)]
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
  problems.push(...checkAccess(ledger, facts, { select: [id], insert: columns, update: [] }))
  return problems
}

export function isUnique({ primaryKey, uniques }: TableFacts, column: string): boolean {
  return [primaryKey, ...uniques.map(({ columns }) => columns)].some(([first, ...more]) => first === column && !more[0])
}

export function missingTable(table: string): Problem {
  return { severity: 'error', table, message: `The table ${table} is not in the database. Run your migrations.` }
}

export function notATable(table: string, kind: string): Problem {
  const message =
    `${table} is a ${kind}, and no guarded write goes through one. Give the adapter the table behind it; read from the ` +
    `${kind} as before.`
  return { severity: 'error', table, message }
}
