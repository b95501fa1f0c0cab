import type { Problem, Values } from '../../port/sync-adapter.ts'
import { unquoted } from '../names.ts'
import type { KeyedTable } from '../table.ts'
import type { TableFacts } from './table-facts.ts'

const CONFLICT = 'while another row has the same value, a delivery is answered 503 unique_conflict and sent again.'
const ADVICE = 'Drop it unless the application relies on it.'
const MEANT = 'It keeps two rows from one address, and linking relies on that: leave it.'

/** Indexes and constraints that refuse a delivery for what is in other rows. */
export function checkIndexes(
  synced: KeyedTable,
  facts: TableFacts,
  filled: ReadonlySet<string>,
  sample: Values,
): Problem[] {
  const table = synced.name
  const key = unquoted(synced.column(synced.key))
  const isOwn = (columns: readonly string[]) => columns.includes(key) || isOneOfAPair(synced, columns)
  // A table that was there before has its unique address on purpose, and rows are linked by it.
  const isAdopted = facts.columns.get(key)?.notNull === false && !facts.primaryKey.includes(key)
  const meant = isAdopted && synced.entity === 'user' ? addressesIn(synced, sample) : []
  return indexProblems(table, facts, filled, isOwn, { key, meant })
}

/** The columns that the map fills with an e-mail address. */
function addressesIn(synced: KeyedTable, sample: Values): readonly string[] {
  return Object.entries(sample)
    .filter(([, value]) => typeof value === 'string' && value.includes('@'))
    .map(([property]) => unquoted(synced.column(property)))
}

/**
 * @param isOwn - whether an index on these columns never finds another row
 * @param key - the column that a foreign key may be on as well
 * @param meant - the columns whose unique indexes are on purpose
 */
export function indexProblems(
  table: string,
  facts: TableFacts,
  filled: ReadonlySet<string>,
  isOwn: (columns: readonly string[]) => boolean,
  { key, meant = [] }: { readonly key?: string; readonly meant?: readonly string[] } = {},
): Problem[] {
  const bites = (columns: readonly string[]) => columns.some((column) => filled.has(column)) && !isOwn(columns)
  const ofUnique = (columns: readonly string[], column: string | undefined, what: string): Problem => {
    const isMeant = columns.some((one) => meant.includes(one))
    const problem = warning(table, column, `${what}: ${CONFLICT} ${isMeant ? MEANT : ADVICE}`)
    return isMeant ? { ...problem, severity: 'note' } : problem
  }
  const whole = facts.uniques
    .filter(({ columns }) => bites(columns))
    .map(({ columns }) => ofUnique(columns, columns.join(', '), 'is unique'))
  const partial = (facts.partialUniques ?? [])
    // What an expression is made of is not known.
    .filter(({ columns }) => columns.length === 0 || bites(columns))
    .map(({ name, columns, excludes }) => {
      const what = excludes
        ? `the exclusion constraint ${name}`
        : `the unique index ${name}, of some rows or of expressions`
      // Where there is an address, an expression is most likely of that.
      return ofUnique(columns.length > 0 ? columns : meant, undefined, `has ${what}`)
    })
  const references = facts.references
    .filter((column) => filled.has(column) || column === key)
    .map((column) =>
      warning(
        table,
        column,
        'has a foreign key: a row that arrives before the one it refers to is answered 503 reference_missing and sent ' +
          'again. Drop the constraint unless the application relies on it.',
      ),
    )
  return [...whole, ...partial, ...references]
}

/** Clerk itself has one membership of a user in an organization: what deleted ones would do is an error of its own. */
function isOneOfAPair(synced: KeyedTable, columns: readonly string[]): boolean {
  if (synced.entity !== 'organizationMembership') return false
  const references = synced.properties.filter((property) => /^(user|organization)_?id$/i.test(property))
  return references.length === 2 && references.every((property) => columns.includes(unquoted(synced.column(property))))
}

/** Where the database and the schema object differ in what takes NULL. */
export function checkNullability(synced: KeyedTable, facts: TableFacts, mapped: readonly string[]): Problem[] {
  return mapped.flatMap((property): Problem[] => {
    const column = unquoted(synced.column(property))
    const notNull = facts.columns.get(column)?.notNull
    const nullable = synced.columns[property]?.nullable
    if (notNull === undefined || nullable === undefined || notNull !== nullable) return []
    const differs = notNull
      ? 'is NOT NULL in the database and takes NULL in the schema that the adapter was given: a delivery without a ' +
        'value is answered 503 value_refused for ever.'
      : 'takes NULL in the database and is NOT NULL in the schema that the adapter was given: the types of the ' +
        "application's queries promise a value that may not be there."
    return [warning(synced.name, column, `${differs} Run your migrations, or change the schema.`)]
  })
}

function warning(table: string, column: string | undefined, message: string): Problem {
  if (column === undefined) return { severity: 'warning', table, message: `${table} ${message}` }
  return { severity: 'warning', table, column, message: `${table}.${column} ${message}` }
}
