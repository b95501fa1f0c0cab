import { definitionOf, type Entity } from '../entities/all-entities.ts'
import { ClerkSyncError } from '../errors.ts'
import { camelCase } from '../port/casing.ts'
import type { TableInfo } from '../port/sync-adapter.ts'
import { type Fields, invalidMap, runMap } from './run-map.ts'

/** The columns of a row, from what Clerk sent. A column that is left out is not written. */
export type Fill = (json: object) => Fields

/** The record's fields that are not stored unless a map returns them: the key, and what the application writes itself. */
const APPLICATION_FIELDS: ReadonlySet<string> = new Set(['id', 'createdAt', 'updatedAt'])

/** Fills a table by its map, or, without one, each column from the record's field of the same name. */
export function fillColumns(entity: Entity, table: TableInfo, map: unknown): Fill {
  const columns = fieldsOfColumns(entity, table)
  if (map !== undefined) return (json) => byMap(entity, table, columns, map, json)
  const filled = columns.filter(([, field]) => !APPLICATION_FIELDS.has(field))
  return (json) => {
    const record = recordOf(entity, json)
    return Object.fromEntries(filled.map(([column, field]) => [column, Reflect.get(record, field)]))
  }
}

type FieldOfColumn = readonly [column: string, field: string]

/** Which of the record's fields fits which column, by its own name or in camelCase. */
function fieldsOfColumns(entity: Entity, table: TableInfo): readonly FieldOfColumn[] {
  const fields = recordOf(entity, definitionOf(entity).samples.full)
  return Object.entries(table.columns).flatMap(([column, info]): FieldOfColumn[] => {
    const field = info.field ?? (Object.hasOwn(fields, column) ? column : camelCase(column))
    return Object.hasOwn(fields, field) ? [[column, field]] : []
  })
}

function byMap(
  entity: Entity,
  table: TableInfo,
  columns: readonly FieldOfColumn[],
  map: unknown,
  json: object,
): Fields {
  const { full, sparse } = definitionOf(entity).samples
  const record = recordOf(entity, json)
  const returned = runMap(`map.${entity}`, map, [json, record], json === full || json === sparse)
  const row: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(returned)) {
    if (Object.hasOwn(table.columns, name)) row[name] = value
    else if (!Object.hasOwn(record, name)) {
      throw invalidMap(`map.${entity} returns "${name}", and the table ${table.name} has no such column to fill.`)
    }
  }
  // The record may be spread: its fields fill columns of another spelling too, unless the map names the column.
  for (const [column, field] of columns) {
    if (!Object.hasOwn(row, column) && Object.hasOwn(returned, field)) row[column] = returned[field]
  }
  return row
}

function recordOf(entity: Entity, json: object): object {
  try {
    return definitionOf(entity).toRecord(json as never)
  } catch (cause) {
    throw new ClerkSyncError('payload_invalid', `The ${entity} is not of the shape that Clerk documents.`, { cause })
  }
}
