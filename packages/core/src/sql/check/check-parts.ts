import { OWNER_OF } from '../../entities/parts/part-names.ts'
import { unfitForIds } from '../../port/id-column.ts'
import type { Problem } from '../../port/sync-adapter.ts'
import { unquoted } from '../names.ts'
import type { PartTable } from '../table.ts'
import { missingTable, notATable } from './check.ts'
import { checkAccess } from './check-access.ts'
import { indexProblems } from './check-indexes.ts'
import { checkRules } from './check-rules.ts'
import type { TableFacts } from './table-facts.ts'

/** Compares a table of parts in the database with what its writes rely on. */
export function checkParts(
  parts: PartTable,
  facts: TableFacts,
  mapped: readonly string[] = Object.keys(parts.columns),
  padsChars = false,
): Problem[] {
  const table = parts.name
  if (facts.columns.size === 0) return [missingTable(table)]
  if (facts.otherKind) return [notATable(table, facts.otherKind)]
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], column: string, message: string) =>
    problems.push({ severity, table, column, message: `${table}.${column} ${message}` })
  const nameOf = (property: string) => unquoted(parts.column(property))
  const [owner, key] = [nameOf(parts.owner), nameOf(parts.key)]
  const filled = new Set(mapped.map(nameOf))
  const columns = [owner, key, ...filled]
  for (const column of [owner, key, ...Object.keys(parts.columns).map(nameOf)]) {
    if (!facts.columns.has(column))
      report('error', column, 'is in the schema but not in the database. Run your migrations.')
  }
  if (facts.leading && !facts.leading.includes(owner)) {
    report(
      'warning',
      owner,
      'is the first column of no index, and each delivery of a user asks for the rows with their id: it reads the whole ' +
        `table. Put it first in the primary key, or run: create index on ${table} (${owner}).`,
    )
  }
  const isKey = (index: readonly string[]) => index.length === 2 && index.includes(owner) && index.includes(key)
  const immediate = facts.uniques.filter(({ deferrable }) => !deferrable).map((unique) => unique.columns)
  if (![facts.primaryKey, ...immediate].some(isKey)) {
    const message = `${table} has no primary key, or unique index, on ${owner} and ${key} together: no part can be written. Add it.`
    problems.push({ severity: 'error', table, message })
  }
  for (const column of [owner, key]) {
    const found = facts.columns.get(column)
    if (found?.ignoresCase)
      report(
        'error',
        column,
        'ignores case, and Clerk ids differ in case. Give it text as its type, in the default collation.',
      )
    const { type, takesText } = found ?? {}
    const unfit = type === undefined ? undefined : unfitForIds(OWNER_OF[parts.part], { type, takesText, padsChars })
    if (unfit) report('error', column, unfit)
  }
  const isOwn = (index: readonly string[]) => index.includes(owner) && index.includes(key)
  const given = new Set([...columns, ...Object.keys(parts.computed).map(nameOf)])
  for (const [column, { notNull, filledBy, generatedAs }] of facts.columns) {
    if (!notNull || filledBy || generatedAs !== undefined || given.has(column)) continue
    report(
      'error',
      column,
      `is NOT NULL, has no default, and nothing fills it: no part can be written. Give it a default, or return it from map.${parts.part}.`,
    )
  }
  problems.push(...indexProblems(table, facts, filled, isOwn))
  problems.push(...checkRules(table, facts))
  const updated = columns.slice(1)
  problems.push(...checkAccess(parts, facts, { select: columns, insert: columns, update: updated, delete: [owner] }))
  return problems
}
