import { definitionOf, type Entity } from '../entities/all-entities.ts'
import type { DeleteMode, TableInfo, Values } from '../port/sync-adapter.ts'
import { type Fields, invalidMap, runMap } from './run-map.ts'

interface TombstoneOptions {
  readonly entity: Entity
  readonly table: TableInfo
  /** The columns that an upsert fills: a delete writes no others. */
  readonly mapped: ReadonlySet<string>
  /** Whether the default map fills them. */
  readonly byDefault: boolean
  /** The application's map of a deleted row; `run` is undefined where it gave none. */
  readonly map: { readonly name: string; readonly run: unknown }
  readonly values: (json: object) => Values
  readonly mode: DeleteMode
}

/** What a delete writes: no mapped value stays, and a NOT NULL column gets a value that says nothing about the entity. */
export function tombstoneRow(options: TombstoneOptions): (data: { id: string }) => Values {
  const { entity, table, mapped, map, mode } = options
  if (mode === 'remove') return removedRow(options)
  // Where a delete carries the whole object, what takes no NULL can keep its value: its references stay valid.
  const snapshot = definitionOf(entity).deleteCarries === 'id' ? undefined : options.values
  return (data) => {
    const given = map.run === undefined ? {} : byDeletedMap(options, data)
    const carried = snapshot?.(data) ?? {}
    const row: Record<string, unknown> = {}
    for (const column of mapped) {
      const info = table.columns[column] ?? {}
      if (Object.hasOwn(given, column)) row[column] = given[column]
      else if (Object.hasOwn(carried, column) && info.nullable !== true) row[column] = carried[column]
      else if (info.nullable !== false) row[column] = null
      else if (Object.hasOwn(info, 'emptyValue')) row[column] = info.emptyValue
      else {
        throw invalidMap(
          `A deleted row of ${table.name} needs a value in ${column}, which is NOT NULL: return one that says nothing ` +
            `about the ${entity} from map.${map.name}, ({ id }) => ({ ${column}: … }).`,
        )
      }
    }
    return mode === 'erase' ? row : Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
  }
}

function removedRow({ table, map }: TombstoneOptions): () => Values {
  if (map.run === undefined) return () => ({})
  throw invalidMap(
    `map.${map.name} is given, and deletes remove the rows of ${table.name}: nothing is left to fill. Leave the map out.`,
  )
}

function byDeletedMap({ entity, mapped, byDefault, map }: TombstoneOptions, data: { id: string }): Fields {
  const { full, sparse } = definitionOf(entity).samples
  const row = runMap(`map.${map.name}`, map.run, [{ id: data.id }], data === full || data === sparse)
  const given = Object.entries(row).filter(([, value]) => value !== undefined)
  const other = given.find(([column]) => !mapped.has(column))
  if (!other) return Object.fromEntries(given)
  throw invalidMap(
    `map.${map.name} returns "${other[0]}", which ${byDefault ? 'the default map does' : `map.${entity} does`} not fill: ` +
      'on a delete too, only columns that are mapped are written.',
  )
}
