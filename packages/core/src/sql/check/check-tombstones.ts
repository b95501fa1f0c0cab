import { deletedMapOf } from '../../entities/deleted-map-of.ts'
import type { Problem, Tombstones, Values } from '../../port/sync-adapter.ts'
import { VERSION_LENGTH } from '../../port/version.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { unquoted } from '../names.ts'
import { isInRow, type KeyedTable } from '../table.ts'
import type { TableFacts, UniqueFacts } from './table-facts.ts'

/** What the catalog alone shows: columns that take no NULL, and unique indexes. */
export function comparedTombstones(
  dialect: Pick<Dialect, 'uniqueAmongLive'>,
  synced: KeyedTable,
  facts: TableFacts,
  { mode, written, held }: Tombstones,
): Problem[] {
  const notNull = Object.entries(written).flatMap(([property, value]): Problem[] => {
    const column = unquoted(synced.column(property))
    return value === null && facts.columns.get(column)?.notNull ? [refusedByNotNull(synced, column, property)] : []
  })
  const values = held.map((row) => byColumn(synced, row))
  const clashing = facts.uniques.filter(({ columns, nullsNotDistinct = false }) =>
    columns.every((column) => {
      const [one, other] = values.map((row) => row.get(column))
      // Columns that no delete writes may have any value.
      return one !== undefined && String(one) === String(other) && (one !== null || nullsNotDistinct)
    }),
  )
  return [...notNull, ...clashing.map((unique) => refusedByUnique(dialect, synced, facts, unique, mode))]
}

export function refusedByCheck(synced: KeyedTable, name: string, written: Values): Problem {
  const emptied = Object.keys(written).filter((property) => written[property] === null)
  return {
    severity: 'error',
    table: synced.name,
    message:
      `${synced.name}: the constraint ${name} forbids what a delete writes, NULL in ${columnsOf(synced, emptied)}: every ` +
      'delete of a row that was never seen, and every erasing one, is answered 503 value_refused, and nothing is erased. ' +
      `${forLiveRows(synced, (deletedAt) => `Let it hold for live rows alone (${unquoted(deletedAt)} is not null or …)`)}, ` +
      `or return from map.${deletedMapOf(synced.entity)} values that say nothing and that it takes.`,
  }
}

function refusedByNotNull(synced: KeyedTable, column: string, property: string): Problem {
  return {
    severity: 'error',
    table: synced.name,
    column,
    message:
      `${synced.name}.${column} is NOT NULL in the database and not in the schema that the adapter was given: every ` +
      'delete writes NULL there and is answered 503 value_refused, and nothing is erased. Drop NOT NULL, or return a ' +
      `value that says nothing from map.${deletedMapOf(synced.entity)}: ({ id }) => ({ ${property}: … }).`,
  }
}

function refusedByUnique(
  dialect: Pick<Dialect, 'uniqueAmongLive'>,
  synced: KeyedTable,
  { references }: TableFacts,
  { columns, nullsNotDistinct = false }: UniqueFacts,
  mode: Tombstones['mode'],
): Problem {
  const quoted = columns.map((column) => quotedLike(synced, column))
  const live = forLiveRows(
    synced,
    (deletedAt) => `or have it for live rows alone: ${dialect.uniqueAmongLive(synced.quoted, quoted, deletedAt)}`,
    'or remove deleted rows',
  )
  // A foreign key takes no value of the row's own.
  const free = synced.properties.filter((property) => {
    const column = unquoted(synced.column(property))
    return columns.includes(column) && !references.includes(column)
  })
  const own = free.map((property) => `${property}: id`).join(', ')
  const byMap =
    mode === 'erase' && own
      ? ` Or return values of each row's own from map.${deletedMapOf(synced.entity)}: ({ id }) => ({ ${own} }).`
      : ''
  const again =
    synced.entity === 'organizationMembership'
      ? 'a member who left and comes back is answered 503 unique_conflict for ever'
      : 'the next row with them, deleted or not, is answered 503 unique_conflict for ever'
  return {
    severity: 'error',
    table: synced.name,
    column: columns.join(', '),
    message:
      `${synced.name}.${columns.join(', ')} is unique, ${nullsNotDistinct ? 'NULL too, ' : ''}and a deleted row keeps its ` +
      `values there: ${again}. Drop the index, ${live}.${byMap}`,
  }
}

/** What the tombstone of a row that was never seen is given, as the driver takes it, by the database's names. */
export function writtenByDelete(synced: KeyedTable, written: Values): ReadonlyMap<string, unknown> {
  const syncColumns = isInRow(synced) && {
    [synced.deletedAt]: new Date(0),
    [synced.clerkVersion]: '9'.repeat(VERSION_LENGTH),
  }
  const values: Values = { ...written, [synced.key]: 'id', ...syncColumns }
  return new Map(
    Object.entries(values).map(([property, value]) => [
      unquoted(synced.column(property)),
      synced.encode(property, value),
    ]),
  )
}

/** The same of every column, with its quoted name: NULL in those that are not written. */
export function tombstoneRow(synced: KeyedTable, facts: TableFacts, written: Values): [string, unknown][] {
  const given = writtenByDelete(synced, written)
  return [...facts.columns.keys()].map((column) => [quotedLike(synced, column), given.get(column) ?? null])
}

/** How a rule may leave tombstones out. A table whose versions are beside it does not know them. */
function forLiveRows(
  synced: KeyedTable,
  byColumn: (deletedAt: string) => string,
  otherwise = 'Remove deleted rows',
): string {
  return isInRow(synced) ? byColumn(synced.column(synced.deletedAt)) : `${otherwise} (onDelete: 'remove')`
}

function byColumn(synced: KeyedTable, row: Values): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(row).map(([property, value]) => [unquoted(synced.column(property)), value]))
}

function columnsOf(synced: KeyedTable, properties: readonly string[]): string {
  return properties.map((property) => unquoted(synced.column(property))).join(', ') || 'what is not mapped'
}

/** A column of the catalog's, in the quotes of the schema's. */
export function quotedLike(synced: KeyedTable, column: string): string {
  const quote = synced.column(synced.key).slice(-1)
  return quote + column.replaceAll(quote, quote + quote) + quote
}
