import type { Problem } from '../port/sync-adapter.ts'
import { isUnique, missingTable } from './check.ts'
import { checkAccess } from './check-access.ts'
import { checkRules } from './check-rules.ts'
import { LETTER_COLUMNS, type LettersTable } from './letters.ts'
import { unquoted } from './names.ts'
import type { TableFacts } from './table-facts.ts'

/** A text of MySQL's: an event of Clerk's reaches 1 MiB. */
const TOO_SHORT_FOR_EVENTS = 65_535

/** Compares the table of dead letters with what is kept there. */
export function checkLetters(letters: LettersTable, facts: TableFacts): Problem[] {
  const { name: table } = letters
  const problems: Problem[] = []
  const report = (column: string, message: string) =>
    problems.push({ severity: 'error', table, column, message: `${table}${message}` })
  if (facts.columns.size === 0) return [missingTable(table)]
  const columns = LETTER_COLUMNS.map((property) => unquoted(letters.column(property)))
  for (const column of columns) {
    if (!facts.columns.has(column)) {
      report(column, `.${column} is missing: no refused event can be kept. Run your migrations.`)
    }
  }
  const [id, payload] = [unquoted(letters.column('id')), unquoted(letters.column('payload'))]
  if (facts.columns.has(id) && !isUnique(facts, id)) {
    report(id, ' has no primary key on its id, so that an event sent again would be kept twice. Add it.')
  }
  const { length } = facts.columns.get(payload) ?? {}
  if (length !== undefined && length <= TOO_SHORT_FOR_EVENTS) {
    const held = `.${payload} holds ${length} characters, and an event may have 1 MiB: a larger one cannot be kept.`
    report(payload, `${held} Give it text as its type; on MySQL, mediumtext.`)
  }
  return [
    ...problems,
    ...checkRules(table, facts),
    ...checkAccess(letters, facts, {
      select: columns,
      insert: columns,
      update: [unquoted(letters.column('code')), payload],
      delete: [id],
    }),
  ]
}

/** What is to be done about letters that are there. */
export function parkedLetters({ name }: LettersTable, count: number): Problem[] {
  if (count === 0) return []
  const message =
    `${name} holds ${count} ${count === 1 ? 'event that was' : 'events that were'} refused until the last ` +
    'attempts. clerkSync.deadLetters.list() says why; retry them once that is mended, or drop them.'
  return [{ severity: 'warning', table: name, message }]
}
