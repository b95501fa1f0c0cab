import { ClerkSyncError } from '@clerk-sync/core'
import {
  type ColumnNames,
  columnNames,
  type GivenTables,
  givenParts,
  givenTables,
  type PartColumnNames,
  partColumnNames,
} from '@clerk-sync/core/adapter'
import {
  type FoundRows,
  isPart,
  type KeyedTable,
  LEDGER_COLUMNS,
  LETTER_COLUMNS,
  namesOf,
  type PartTable,
  type SqlParts,
  type SqlTable,
  VERSION_COLUMNS,
} from '@clerk-sync/core/sql'
import { type Column, eq, getTableColumns, getTableName, gt, inArray, is, type SQL, Table } from 'drizzle-orm'
import { expressionsOf } from './expression.ts'
import { readPartTable } from './part-table.ts'
import { readTable } from './synced-table.ts'

const MADE_BY = {
  events: 'clerkEventsTable',
  deadLetters: 'clerkDeadLettersTable',
  versions: 'clerkVersionsTable',
} as const

/** A table, with the properties of its schema object that are the library's where they have other names. */
export interface NamedTable<T = Table> extends ColumnNames {
  readonly table: T
}

/** The same of a table of what a user has many of. */
export interface NamedPartTable<T = Table> extends PartColumnNames {
  readonly table: T
}

/** The tables as `drizzleAdapter` is given them. */
export type AnyTables = GivenTables<Table | NamedTable, Table, Table, Table, Table | NamedPartTable>

export function tableOf(given: Table | NamedTable | NamedPartTable): Table {
  return is(given, Table) ? given : given.table
}

/** @throws ClerkSyncError `config_invalid` for options that are none. */
function namesIn(entity: string, given: Table | NamedTable): ColumnNames {
  return is(given, Table) ? {} : columnNames(`The table for ${entity}`, 'table', given)
}

/** Which rows of a table: all that fulfil a condition, or the first of them in the order of a column. */
export interface SelectedRows {
  readonly where: SQL | undefined
  readonly first?: { readonly column: Column; readonly limit: number }
}

/** What Drizzle's schema objects say of them. */
export function readTables(
  db: object,
  given: AnyTables,
  orm: {
    readonly render: (column: Column, table: Table) => string
    /** Rows of a table as the application's own query gives them, past its cache. */
    readonly select: (table: Table, rows: SelectedRows, tx?: unknown) => FoundRows
  },
): Pick<SqlParts, 'tables' | 'partTables' | 'versions' | 'ledger' | 'deadLetters' | 'find' | 'select'> {
  const entities = new Map(givenTables<Table | NamedTable>('drizzleAdapter', given, { parts: true }))
  const parts = new Map(givenParts<Table | NamedPartTable>(given))
  const names = (table: Table) => {
    const columns: Readonly<Record<string, Column>> = getTableColumns(table)
    const [anyProperty = ''] = Object.keys(columns)
    // Drizzle has no other way to learn what its `casing` makes of a name.
    return namesOf(anyProperty, (property) => orm.render(columns[property] as Column, table))
  }
  const expression = expressionsOf(db)
  const columnOf = (described: KeyedTable | PartTable, property: string): [Table, Column] => {
    const one = isPart(described) ? parts.get(described.part) : entities.get(described.entity)
    const table = tableOf(one as Table | NamedTable | NamedPartTable)
    return [table, getTableColumns(table)[property] as Column]
  }
  return {
    tables: Array.from(entities, ([entity, one]) => {
      const table = tableOf(one)
      return readTable(entity, table, {
        names: names(table),
        expression,
        hasVersions: given.versions !== undefined,
        columns: namesIn(entity, one),
      })
    }),
    partTables: Array.from(parts, ([part, one]) => {
      const table = tableOf(one)
      const own = is(one, Table) ? {} : partColumnNames(`The table for ${part}`, 'table', one)
      return readPartTable(part, table, { names: names(table), expression, columns: own })
    }),
    versions: given.versions && readOwnTable('versions', VERSION_COLUMNS, given.versions, names(given.versions)),
    ledger: given.events && readOwnTable('events', LEDGER_COLUMNS, given.events, names(given.events)),
    deadLetters:
      given.deadLetters && readOwnTable('deadLetters', LETTER_COLUMNS, given.deadLetters, names(given.deadLetters)),
    find: (described, value, tx) => {
      const [table, column] = columnOf(described, described.key)
      return orm.select(table, { where: eq(column, value) }, tx)
    },
    select(described, rows) {
      const [table, column] = columnOf(described, rows.values ? rows.column : described.key)
      if (rows.values) return orm.select(table, { where: inArray(column, [...rows.values]) })
      return orm.select(table, { where: gt(column, rows.after), first: { column, limit: rows.limit } })
    },
  }
}

/**
 * A table of the library's own.
 *
 * @throws ClerkSyncError `config_invalid` for another table.
 */
function readOwnTable(
  name: keyof typeof MADE_BY,
  needed: readonly string[],
  table: Table,
  names: ReturnType<typeof namesOf>,
): SqlTable {
  const columns: Readonly<Record<string, Column>> = getTableColumns(table)
  const missing = needed.filter((property) => !Object.hasOwn(columns, property))
  if (missing.length > 0) {
    throw new ClerkSyncError(
      'config_invalid',
      `drizzleAdapter: the table for ${name}, ${getTableName(table)}, has no ${missing.join(', ')}: ${MADE_BY[name]}() ` +
        'makes the one that it takes.',
    )
  }
  return {
    name: getTableName(table),
    get quoted() {
      return names.quoted
    },
    column: names.column,
    encode: (property, value) => (value === null ? null : (columns[property] as Column).mapToDriverValue(value)),
  }
}
