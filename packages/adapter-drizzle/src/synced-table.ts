import type { ColumnInfo, Entity, TableInfo } from '@clerk-sync/core'
import { ClerkSyncError } from '@clerk-sync/core'
import { type Column, getTableColumns, getTableName, is, SQL, type Table } from 'drizzle-orm'

/** Which option holds which entity's table. */
export const ENTITY_OF = {
  users: 'user',
  organizations: 'organization',
  organizationMemberships: 'organizationMembership',
  sessions: 'session',
} as const satisfies Readonly<Record<string, Entity>>

/** Columns that a map never fills: `id` is the key, or the application's own. */
export const RESERVED = ['id', 'clerkId', 'clerkVersion', 'deletedAt'] as const

/** A table as the schema object shows it. Columns go by their property names. */
export interface SyncedTable<T extends Table = Table> extends TableInfo {
  readonly entity: Entity
  readonly table: T
  readonly all: Readonly<Record<string, Column>>
  /** The column that holds the Clerk id: `clerkId` where there is one, otherwise `id`. */
  readonly key: 'clerkId' | 'id'
  /** Columns that Drizzle fills on insert, by functions of the schema. */
  readonly computed: readonly string[]
}

/**
 * Reads a schema object.
 *
 * @throws ClerkSyncError `config_invalid` for what the object shows to be wrong.
 */
export function readTable<T extends Table>(entity: Entity, table: T): SyncedTable<T> {
  const name = getTableName(table)
  const all: Record<string, Column> = getTableColumns(table)
  const key = 'clerkId' in all ? 'clerkId' : 'id'
  requireColumn(name, all, key, `Add id: clerkId().primaryKey(), or clerkId: clerkId('clerk_id').notNull().unique().`)
  const version = requireColumn(name, all, 'clerkVersion', 'Spread ...syncColumns() into the table.')
  if (!version.notNull || version.default !== '0') {
    throw config(`${name}.${version.name} must be .notNull().default('0'), so that every row is below every event.`)
  }
  const deletedAt = requireColumn(name, all, 'deletedAt', 'Spread ...syncColumns() into the table.')
  if (deletedAt.notNull || deletedAt.dataType !== 'date') {
    throw config(`${name}.${deletedAt.name} must be a nullable column that takes a Date: spread ...syncColumns().`)
  }
  const own = Object.entries(all).filter(([property]) => !(RESERVED as readonly string[]).includes(property))
  if (key === 'clerkId' && all.id && isRequired(all.id)) {
    throw config(`${name}.${all.id.name} is the application's own key and nothing fills it: give it a default.`)
  }
  return {
    entity,
    table,
    name,
    all,
    key,
    columns: Object.fromEntries(
      own.filter(([, column]) => !column.generated).map(([p, column]) => [p, infoOf(column)]),
    ),
    computed: Object.entries(all).flatMap(([p, column]) => (column.defaultFn || column.onUpdateFn ? [p] : [])),
  }
}

function requireColumn(table: string, all: Record<string, Column>, property: string, wayOut: string): Column {
  const column = all[property]
  if (!column) throw config(`The table ${table} has no column ${property}. ${wayOut}`)
  return column
}

function infoOf(column: Column): ColumnInfo {
  const constant = column.default !== undefined && column.default !== null && !is(column.default, SQL)
  return {
    nullable: !column.notNull,
    required: isRequired(column),
    ...(constant && { emptyValue: column.default }),
  }
}

function isRequired(column: Column): boolean {
  const filled = column.hasDefault || column.onUpdateFn || column.generated || column.generatedIdentity
  return column.notNull && !filled
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
