import type { Problem } from '../../port/sync-adapter.ts'
import { unquoted } from '../names.ts'
import type { KeyedTable } from '../table.ts'
import { isUnique } from './check.ts'
import type { TableFacts } from './table-facts.ts'

/** What linking relies on, where rows are linked by this property. */
export function checkLinked(synced: KeyedTable, facts: TableFacts, property: string | undefined): Problem[] {
  if (property === undefined) return []
  const table = synced.name
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], column: string, message: string) =>
    problems.push({ severity, table, column, message: `${table}.${column} ${message}` })
  const key = unquoted(synced.column(synced.key))
  if (facts.columns.get(key)?.notNull) {
    report(
      'error',
      key,
      'takes no NULL, so that no row can wait for its Clerk id: link finds none. Let it take NULL beside a key of the ' +
        "table's own, or leave link out.",
    )
  }
  const named = columnIn(synced, property)
  const column = named === undefined ? property : unquoted(named)
  if (named === undefined) {
    report('error', column, 'is what link looks for, and not in the schema that the adapter was given. Name another.')
  } else if (!facts.columns.has(column)) {
    report('error', column, 'is what link looks for, and not in the database. Run your migrations, or name another.')
  } else if (!isUnique(facts, column)) {
    report(
      'warning',
      column,
      'has no unique index, and rows are linked by it: where two have the same value, neither is linked. Every look reads ' +
        'the whole table.',
    )
  }
  return problems
}

/** An ORM's schema may throw for a property that it does not have. */
function columnIn(table: KeyedTable, property: string): string | undefined {
  try {
    return table.column(property) || undefined
  } catch {
    return undefined
  }
}
