import type { Problem } from '../port/sync-adapter.ts'
import { VERSION_LENGTH } from '../port/version.ts'
import { isUnique, missingTable, notATable } from './check.ts'
import { checkAccess } from './check-access.ts'
import { unquoted } from './names.ts'
import { type BesideTable, VERSION_COLUMNS, type VersionsTable } from './table.ts'
import type { TableFacts } from './table-facts.ts'

/** The sync columns by the names that `syncColumns()` gives them. */
const VERSION_COLUMN = /^clerk_?version$/i

/** What must not be in a table whose versions are beside it. */
export function checkBeside({ name: table }: BesideTable, { columns }: TableFacts): Problem[] {
  const problems: Problem[] = []
  const left = [...columns.keys()].find((name) => VERSION_COLUMN.test(name))
  if (left !== undefined) {
    problems.push({
      severity: 'error',
      table,
      column: left,
      message:
        `${table} still has the column ${left}, and its versions are in the table of versions: what was synced before has ` +
        'none there, so that an old event passes for new. Answer deliveries with 503 while you move the versions, and drop ' +
        `${left} and the column of deletion then.`,
    })
  }
  return problems
}

/** The table of versions, compared with what every write of its tables relies on. */
export function checkVersions(versions: VersionsTable, facts: TableFacts, isUsed: boolean): Problem[] {
  const table = versions.name
  if (!isUsed) {
    const message =
      `The adapter was given ${table}, and every table has sync columns: it stays empty. Leave it out, or drop the sync ` +
      'columns of the tables whose versions are to be beside them.'
    return [{ severity: 'warning', table, message }]
  }
  if (facts.columns.size === 0) return [missingTable(table)]
  if (facts.otherKind) return [notATable(table, facts.otherKind)]
  const [tableName, id, version, deletedAt] = VERSION_COLUMNS.map((property) =>
    unquoted(versions.column(property)),
  ) as [string, string, string, string]
  const problems: Problem[] = []
  const report = (column: string, message: string) =>
    problems.push({ severity: 'error', table, column, message: `${table}.${column} ${message}` })
  for (const column of [tableName, id, version, deletedAt]) {
    if (!facts.columns.has(column)) report(column, 'is missing. Run your migrations.')
  }
  const keys = [facts.primaryKey, ...facts.uniques.map(({ columns }) => columns)]
  if (!keys.some((columns) => columns.length === 2 && columns.includes(tableName) && columns.includes(id))) {
    problems.push({
      severity: 'error',
      table,
      message: `${table} has no primary key on ${tableName} and ${id}, by which a version is raised: every delivery is answered 503. Add it.`,
    })
  }
  if (isUnique(facts, id) || isUnique(facts, tableName)) {
    problems.push({
      severity: 'error',
      table,
      message: `${table} is unique on one of ${tableName} and ${id} alone: two tables may hold the same id. Have both in the key.`,
    })
  }
  for (const column of [tableName, id]) {
    if (facts.columns.get(column)?.ignoresCase) {
      report(
        column,
        'ignores case, and Clerk ids differ in case: two rows would share a version. Give it a binary collation.',
      )
    }
  }
  const length = facts.columns.get(version)?.length
  if (length !== undefined && length < VERSION_LENGTH) {
    report(version, `holds ${length} characters, and a version has ${VERSION_LENGTH}. Widen it.`)
  }
  const all = [tableName, id, version, deletedAt]
  return [...problems, ...checkAccess(versions, facts, { select: all, insert: all, update: [version, deletedAt] })]
}
