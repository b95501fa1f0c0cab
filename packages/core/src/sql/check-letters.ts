import type { Problem } from '../port/sync-adapter.ts'
import { missingTable } from './check.ts'
import { checkAccess } from './check-access.ts'
import { LETTER_COLUMNS, type LettersTable } from './letters.ts'
import { unquoted } from './names.ts'
import type { TableFacts } from './table-facts.ts'

/** What keeps a table of dead letters from taking one. Deliveries look for letters of the same entity, and remove them. */
export function checkLetters(table: LettersTable, facts: TableFacts): Problem[] {
  const { name } = table
  if (facts.columns.size === 0) return [missingTable(name)]
  const columns = LETTER_COLUMNS.map((property) => unquoted(table.column(property)))
  const missing = columns.filter((column) => !facts.columns.has(column))
  if (missing.length === 0) {
    return checkAccess(table, facts, { select: columns, insert: columns, delete: columns.slice(0, 1) })
  }
  const message = `${name} lacks ${missing.join(', ')}: no refused event can be kept there. Run your migrations.`
  return [{ severity: 'error', table: name, message }]
}

export function parkedLetters({ name }: LettersTable, count: number): Problem[] {
  if (count === 0) return []
  const message =
    `${name} holds ${count} ${count === 1 ? 'event that was' : 'events that were'} refused until the last ` +
    'attempts. clerkSync.deadLetters.list() says why; retry them once that is mended, or drop them.'
  return [{ severity: 'warning', table: name, message }]
}
