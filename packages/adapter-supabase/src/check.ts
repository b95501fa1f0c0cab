import type { Problem } from '@clerk-sync/core'
import type { CheckOptions } from '@clerk-sync/core/adapter'
import {
  type ColumnFacts,
  LEDGER_COLUMNS,
  LETTER_COLUMNS,
  type LedgerTable,
  type LettersTable,
  loadChecks,
  postgres,
  type SqlTable,
  type SyncedTable,
  type TableFacts,
  unquoted,
} from '@clerk-sync/core/sql'
import type { Call } from './client.ts'
import { areFacts, type StoredFacts, versionProblems } from './stored-facts.ts'
import { unwritable } from './unwritable.ts'

interface CheckedTables {
  readonly tables: readonly SyncedTable[]
  readonly ledger: LedgerTable | undefined
  readonly letters: LettersTable | undefined
}

/** Looks at all the tables in one call, and tries what a delete writes in one for each. */
export async function checkDatabase(
  call: Call,
  { tables, ledger, letters }: CheckedTables,
  tombstones: NonNullable<CheckOptions['tombstones']>,
): Promise<readonly Problem[]> {
  const { checkLedger, checkLetters, checkTable, comparedTombstones, parkedLetters, refusedByCheck, tombstoneRow } =
    await loadChecks()
  const ownTables = [ledger, letters].filter((table) => table !== undefined)
  const names = [...tables, ...ownTables].map(({ name }) => name)
  const stored = await call('clerk_sync_facts', { names }, (data) => areFacts(data, names))
  const problems: Problem[] = [...versionProblems(stored)]
  for (const table of tables) {
    const found = stored[table.name]
    if (found?.ordinary === false) {
      problems.push(notOrdinary(table.name))
      continue
    }
    const facts = tableFacts(found)
    problems.push(...checkTable(table, facts))
    if (found) {
      const { key, properties: insert } = table
      const update = insert.filter((column) => column !== key)
      problems.push(...unfilledColumns(table, found), ...unwritable(table.name, found, { insert, update }))
    }
    const ofDeletes = tombstones[table.entity]
    if (!ofDeletes || facts.columns.size === 0) continue
    problems.push(...comparedTombstones(postgres, table, withDefaults(facts, found), ofDeletes))
    const row = Object.fromEntries(
      tombstoneRow(table, facts, ofDeletes.written).map(([column, value]) => [unquoted(column), value]),
    )
    const refusing = await call('clerk_sync_refusing', { name: table.name, row_values: row }, isTexts)
    problems.push(...refusing.map((name) => refusedByCheck(table, name, ofDeletes.written)))
  }
  const checkOwn = (table: SqlTable, properties: readonly string[], unfit: (facts: TableFacts) => Problem[]) => {
    const found = stored[table.name]
    if (found?.ordinary === false) return [notOrdinary(table.name)]
    const insert = properties.map((property) => unquoted(table.column(property)))
    return [...unfit(tableFacts(found)), ...(found ? unwritable(table.name, found, { insert, remove: true }) : [])]
  }
  if (ledger) problems.push(...checkOwn(ledger, LEDGER_COLUMNS, (facts) => checkLedger(ledger, facts)))
  if (!letters) return problems
  const unfit = checkOwn(letters, LETTER_COLUMNS, (facts) => checkLetters(letters, facts))
  if (unfit.some(({ severity }) => severity === 'error')) return [...problems, ...unfit]
  const count = await call('clerk_sync_count_letters', { letters: letters.name }, isCount)
  return [...problems, ...unfit, ...parkedLetters(letters, count)]
}

function tableFacts(stored: StoredFacts | null | undefined): TableFacts {
  const { columns, indexes, references } = stored ?? { columns: {}, indexes: [], references: [] }
  return {
    columns: new Map(Object.entries(columns)),
    primaryKey: indexes.flatMap((index) => (index.primary ? index.columns : [])),
    uniques: indexes.flatMap((index) => (index.primary ? [] : [index])),
    references,
    // They are tried in the database.
    checks: [],
  }
}

/** An erasing delete gives a column that takes no NULL its default. */
function withDefaults(facts: TableFacts, stored: StoredFacts | null | undefined): TableFacts {
  const columns = Array.from(facts.columns, ([name, column]): [string, ColumnFacts] => [
    name,
    { ...column, notNull: column.notNull && !stored?.columns[name]?.filled },
  ])
  return { ...facts, columns: new Map(columns) }
}

/** What the types refuse where they are up to date: a column that an insert must give, and that is not listed. */
function unfilledColumns(table: SyncedTable, stored: StoredFacts): Problem[] {
  return Object.entries(stored.columns).flatMap(([column, { notNull, filled }]): Problem[] => {
    if (!notNull || filled || table.properties.includes(column)) return []
    const message = `${table.name}.${column} is NOT NULL, has no default, and nothing fills it: list it in columns, or give it a default.`
    return [{ severity: 'error', table: table.name, column, message }]
  })
}

function notOrdinary(table: string): Problem {
  const message = `${table} is a view, a foreign or a partitioned table, which take no guarded write: name the table behind it.`
  return { severity: 'error', table, message }
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((text) => typeof text === 'string')
}

export function isCount(data: unknown): data is number {
  return typeof data === 'number'
}
