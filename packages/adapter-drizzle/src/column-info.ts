import { type ColumnInfo, type Entity, referredBy, unfitForIds } from '@clerk-sync/core/adapter'
import { type Column, is, SQL } from 'drizzle-orm'
import type { UniqueIndexes } from './unique-indexes.ts'

/** Whether a column alone makes a row unique. */
export function isUnique(column: Column, indexes: UniqueIndexes): boolean {
  return (
    column.primary || column.isUnique || indexes.some((columns) => columns.length === 1 && columns[0] === column.name)
  )
}

/** A type of the application's own is known by what the database calls it, if at all. */
export function unfitFor(entity: Entity, column: Column): string | undefined {
  const isText = column.dataType === 'string' && !column.columnType.includes('Enum')
  return unfitForIds(entity, {
    type: column.getSQLType(),
    takesText: isText || column.dataType === 'custom' ? undefined : false,
    padsChars: column.columnType.startsWith('Pg'),
  })
}

export function infoOf(property: string, column: Column, indexes: UniqueIndexes): ColumnInfo {
  const referred = referredBy(property)
  const unfit = referred && unfitFor(referred, column)
  // The same constant in every deleted row would clash in a unique column.
  const constant =
    column.default !== undefined && column.default !== null && !is(column.default, SQL) && !isUnique(column, indexes)
  const takes = takesOf(column)
  return {
    nullable: !column.notNull,
    required: isRequired(column),
    ...(isGenerated(column) && { generated: true }),
    ...(takes && { takes }),
    type: column.getSQLType(),
    ...(column.enumValues && { labels: column.enumValues }),
    ...(constant && { emptyValue: column.default }),
    ...(unfit && { unfitForIds: unfit }),
  }
}

/** As Drizzle's own inserts leave them out; a default by identity takes a value. */
function isGenerated(column: Column): boolean {
  const { generated, generatedIdentity } = column
  return (generated !== undefined && generated.type !== 'byDefault') || generatedIdentity?.type === 'always'
}

const TAKES: Readonly<Partial<Record<Column['dataType'], ColumnInfo['takes']>>> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  json: 'json',
  array: 'list',
  buffer: 'bytes',
}

/** What the driver takes besides is left to it where a column takes dates as text: a Date, say. */
function takesOf(column: Column): ColumnInfo['takes'] {
  return column.dataType === 'string' && /Date|Time|Year/.test(column.columnType) ? undefined : TAKES[column.dataType]
}

export function isRequired(column: Column): boolean {
  const filled = column.hasDefault || column.onUpdateFn || column.generated || column.generatedIdentity
  return column.notNull && !filled
}
