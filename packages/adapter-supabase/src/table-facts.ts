import type { ColumnFacts, TableFacts } from '@clerk-sync/core/sql'
import type { StoredFacts } from './stored-facts.ts'

/** The facts as the rules of core take them. Privileges and row-level security are left out: unwritable.ts reports them. */
export function tableFacts(stored: StoredFacts | null | undefined): TableFacts {
  const { columns, indexes, leading, references, partialUniques, triggers = [], rules = [] } = stored ?? EMPTY
  return {
    columns: new Map(
      Object.entries(columns).map(([name, { length, labels, ...column }]): [string, ColumnFacts] => [
        name,
        { ...column, ...(typeof length === 'number' && { length }), ...(labels && { labels }) },
      ]),
    ),
    primaryKey: indexes.flatMap((index) => (index.primary && !index.deferrable ? index.columns : [])),
    uniques: indexes.flatMap((index) => (index.primary && !index.deferrable ? [] : [index])),
    ...(partialUniques && { partialUniques }),
    ...(leading && { leading }),
    references,
    // They are tried in the database.
    checks: [],
    triggers: triggers.toSorted(),
    rules: rules.toSorted(),
  }
}

const EMPTY: StoredFacts = { columns: {}, indexes: [], references: [] }

/** A column that takes no NULL gets its default from an erasing delete, and from an insert that leaves it out. */
export function withDefaults(facts: TableFacts, stored: StoredFacts | null | undefined): TableFacts {
  const columns = Array.from(facts.columns, ([name, column]): [string, ColumnFacts] => [
    name,
    { ...column, notNull: column.notNull && !stored?.columns[name]?.filled },
  ])
  return { ...facts, columns: new Map(columns) }
}
