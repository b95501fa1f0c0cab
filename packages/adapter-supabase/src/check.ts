import type { Problem } from '@clerk-sync/core'
import {
  type ColumnFacts,
  checkLedger,
  checkTable,
  type LedgerTable,
  type SyncedTable,
  type TableFacts,
} from '@clerk-sync/core/sql'
import type { Call } from './client.ts'

interface StoredFacts {
  readonly columns: Readonly<Record<string, ColumnFacts & { readonly filled: boolean }>>
  /** Unique, immediate, and over every row. */
  readonly indexes: readonly { readonly primary: boolean; readonly columns: readonly string[] }[]
  readonly references: readonly string[]
}

/** Looks at all the tables in one call. */
export async function checkDatabase(
  call: Call,
  tables: readonly SyncedTable[],
  ledger: LedgerTable | undefined,
): Promise<readonly Problem[]> {
  const names = [...tables, ...(ledger ? [ledger] : [])].map(({ name }) => name)
  const stored = await call('clerk_sync_facts', { names }, (data) => areFacts(data, names))
  return [
    ...tables.flatMap((table) => [
      ...checkTable(table, tableFacts(stored[table.name])),
      ...unfilledColumns(table, stored[table.name]),
    ]),
    ...(ledger ? checkLedger(ledger, tableFacts(stored[ledger.name])) : []),
  ]
}

function tableFacts(stored: StoredFacts | null | undefined): TableFacts {
  const { columns, indexes, references } = stored ?? { columns: {}, indexes: [], references: [] }
  return {
    columns: new Map(Object.entries(columns)),
    primaryKey: indexes.flatMap((index) => (index.primary ? index.columns : [])),
    uniques: indexes.flatMap((index) => (index.primary ? [] : [index.columns])),
    references,
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
