import { ClerkSyncError } from '@clerk-sync/core'
import { type ColumnNames, type Entity, RESERVED_COLUMNS } from '@clerk-sync/core/adapter'
import {
  type BesideTable,
  type KeyedTable,
  nameInVersions,
  type SqlExpression,
  type SqlTable,
  type SyncedTable,
} from '@clerk-sync/core/sql'
import { type Column, getTableColumns, getTableName, getTableUniqueName, is, SQL, type Table } from 'drizzle-orm'
import { infoOf, isRequired, isUnique, unfitFor } from './column-info.ts'
import { uniqueIndexesOf } from './unique-indexes.ts'

/** What is known of a table beside its schema object. */
interface TableReading {
  readonly names: Pick<SqlTable, 'quoted' | 'column'>
  readonly expression: (value: SQL) => SqlExpression
  readonly hasVersions: boolean
  readonly columns: ColumnNames
}

/**
 * Reads a schema object. Columns go by their property names.
 *
 * @throws ClerkSyncError `config_invalid` for what the object shows to be wrong.
 */
export function readTable(entity: Entity, table: Table, given: TableReading): SyncedTable | BesideTable {
  const { names, expression, hasVersions, columns } = given
  const indexes = uniqueIndexesOf(table)
  const name = getTableName(table)
  const all: Record<string, Column> = getTableColumns(table)
  const { key = 'clerkId' in all ? 'clerkId' : 'id', version = 'clerkVersion', deletedAt = 'deletedAt' } = columns
  requireColumn(
    name,
    all,
    key,
    columns.key === undefined
      ? `Add id: clerkId().primaryKey(), or clerkId: clerkId('clerk_id').notNull().unique(); ${NAME_IT}`
      : 'key names the property of the schema that holds the Clerk id.',
  )
  if (!isUnique(all[key] as Column, indexes)) {
    throw config(
      `${name}.${all[key]?.name} must be the primary key or have a unique index of its own, or one user could have two ` +
        'rows. Add .primaryKey() to it, or .unique() where the table has a key of its own.',
    )
  }
  const unfit = unfitFor(entity, all[key] as Column)
  if (unfit) throw config(`${name}.${all[key]?.name} ${unfit}${columns.key === undefined ? ` Or ${NAME_IT}` : ''}`)
  const isBeside = hasVersions && !(version in all)
  if (!isBeside) requireSyncColumns(name, all, version, deletedAt)
  const taken = new Set([...RESERVED_COLUMNS, key, version, deletedAt])
  const own = Object.entries(all).filter(([property]) => !taken.has(property))
  if (key !== 'id' && all.id && isRequired(all.id)) {
    throw config(`${name}.${all.id.name} is the application's own key and nothing fills it: give it a default.`)
  }
  const keyed: KeyedTable = {
    entity,
    name,
    get quoted() {
      return names.quoted
    },
    column: names.column,
    encode: (property, value) => encode(all[property] as Column, value, name),
    properties: Object.keys(all),
    key,
    columns: Object.fromEntries(own.map(([p, column]) => [p, infoOf(p, column, indexes)])),
    computed: computedIn(all, expression),
  }
  // Not a copy, which would ask for the names at once.
  return isBeside
    ? Object.assign(keyed, { versions: 'beside' as const, tableName: versionsNameOf(table) })
    : Object.assign(keyed, { clerkVersion: version, deletedAt })
}

/** What the versions of a table are kept under, that of an alias as well. */
export function versionsNameOf(table: Table): string {
  const name: string = Reflect.get(table, Symbol.for('drizzle:OriginalName'))
  return nameInVersions(name, schemaOf(table))
}

/** `public` where none was given. */
function schemaOf(table: Table): string {
  return getTableUniqueName(table).slice(0, -`.${getTableName(table)}`.length)
}

const NAME_IT = "name the property that holds the Clerk id: { table, key: '…' }."

function requireSyncColumns(name: string, all: Record<string, Column>, named: string, namedDeletedAt: string): void {
  const fix =
    'Spread ...syncColumns() into the table, or give the adapter versions: clerkVersionsTable() and have it without.'
  const version = requireColumn(name, all, named, fix)
  if (!version.notNull || version.default !== '0') {
    throw config(`${name}.${version.name} must be .notNull().default('0'), so that every row is below every event.`)
  }
  const deletedAt = requireColumn(name, all, namedDeletedAt, 'Spread ...syncColumns() into the table.')
  if (deletedAt.notNull || deletedAt.dataType !== 'date') {
    throw config(`${name}.${deletedAt.name} must be a nullable column that takes a Date: spread ...syncColumns().`)
  }
}

export function requireColumn(table: string, all: Record<string, Column>, property: string, fix: string): Column {
  const column = all[property]
  if (!column) throw config(`The table ${table} has no column ${property}. ${fix}`)
  return column
}

/** What Drizzle fills in a new row. */
export function computedIn(
  all: Readonly<Record<string, Column>>,
  expression: (value: SQL) => SqlExpression,
): Readonly<Record<string, () => unknown>> {
  const fills = Object.entries(all).flatMap(([property, column]): [string, () => unknown][] => {
    if (!isComputed(column)) return []
    // Drizzle takes SQL from these functions as well.
    const fill = () => {
      const value = computed(column)
      return is(value, SQL) ? expression(value) : value
    }
    return [[property, fill]]
  })
  return Object.fromEntries(fills)
}

/** As Drizzle's own insert does: `$onUpdate` fills a new row only where there is no default. */
function isComputed(column: Column): boolean {
  return column.defaultFn !== undefined || (column.default === undefined && column.onUpdateFn !== undefined)
}

function computed(column: Column): unknown {
  return (column.defaultFn ?? column.onUpdateFn)?.()
}

export function encode(column: Column, value: unknown, table: string): unknown {
  if (value === null || value === undefined) return null
  const encoded: unknown = is(value, SQL) ? value : column.mapToDriverValue(value)
  if (is(encoded, SQL)) {
    throw config(
      `${table}.${column.name} is given an SQL expression, and a synced column takes plain values. ` +
        'For a default, use .default(sql`…`); for another type, map to what the driver takes.',
    )
  }
  // PostgreSQL's drivers each make something else of one: postgres.js refuses it, node-postgres takes the local time.
  return encoded instanceof Date && column.columnType.startsWith('Pg') ? encoded.toISOString() : encoded
}

export function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
