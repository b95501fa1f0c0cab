import type { Problem } from '@clerk-sync/core'
import type { CheckOptions } from '@clerk-sync/core/adapter'
import {
  type ColumnFacts,
  type LedgerTable,
  loadChecks,
  postgres,
  type SyncedTable,
  type TableFacts,
  type UniqueFacts,
  unquoted,
} from '@clerk-sync/core/sql'
import type { Call } from './client.ts'

interface StoredFacts {
  readonly columns: Readonly<Record<string, ColumnFacts & { readonly filled: boolean }>>
  /** Unique, immediate, and over every row. */
  readonly indexes: readonly (UniqueFacts & { readonly primary: boolean })[]
  readonly references: readonly string[]
}

/** Looks at all the tables in one call, and tries what a delete writes in one for each. */
export async function checkDatabase(
  call: Call,
  tables: readonly SyncedTable[],
  ledger: LedgerTable | undefined,
  tombstones: NonNullable<CheckOptions['tombstones']>,
): Promise<readonly Problem[]> {
  const { checkLedger, checkTable, comparedTombstones, refusedByCheck, tombstoneRow } = await loadChecks()
  const names = [...tables, ...(ledger ? [ledger] : [])].map(({ name }) => name)
  const stored = await call('clerk_sync_facts', { names }, (data) => areFacts(data, names))
  const problems: Problem[] = []
  for (const table of tables) {
    const facts = tableFacts(stored[table.name])
    problems.push(...checkTable(table, facts), ...unfilledColumns(table, stored[table.name]))
    const ofDeletes = tombstones[table.entity]
    if (!ofDeletes || facts.columns.size === 0) continue
    problems.push(...comparedTombstones(postgres, table, facts, ofDeletes))
    const row = Object.fromEntries(
      tombstoneRow(table, facts, ofDeletes.written).map(([column, value]) => [unquoted(column), value]),
    )
    const refusing = await call('clerk_sync_refusing', { name: table.name, row_values: row }, isTexts)
    problems.push(...refusing.map((name) => refusedByCheck(table, name, ofDeletes.written)))
  }
  return [...problems, ...(ledger ? checkLedger(ledger, tableFacts(stored[ledger.name])) : [])]
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

/** What the types refuse where they are up to date: a column that an insert must give, and that is not listed. */
function unfilledColumns(table: SyncedTable, stored: StoredFacts | null | undefined): Problem[] {
  return Object.entries(stored?.columns ?? {}).flatMap(([column, { notNull, filled }]): Problem[] => {
    if (!notNull || filled || table.properties.includes(column)) return []
    const message = `${table.name}.${column} is NOT NULL, has no default, and nothing fills it: list it in columns, or give it a default.`
    return [{ severity: 'error', table: table.name, column, message }]
  })
}

function areFacts(data: unknown, names: readonly string[]): data is Readonly<Record<string, StoredFacts | null>> {
  return names.every((name) => {
    const facts: unknown = Reflect.get(Object(data), name)
    return facts === null || (typeof facts === 'object' && 'columns' in facts && 'indexes' in facts)
  })
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((text) => typeof text === 'string')
}
