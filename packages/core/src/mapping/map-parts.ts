import type { Entity } from '../entities/all-entities.ts'
import { partDefinitionOf, partsIn } from '../entities/parts/all-parts.ts'
import { OWNER_OF, PART_NAMES, type Part } from '../entities/parts/part-names.ts'
import type { Parts, TableInfo, Values } from '../port/sync-adapter.ts'
import type { MappedSource } from './fill-columns.ts'

export type PartTables = { readonly [P in Part]?: TableInfo }

export interface PartsMapping {
  /** What is written of an owner's parts. */
  parts(json: { readonly id: string }): Parts
  /** The columns that are filled of each table. */
  readonly partColumns: { readonly [P in Part]?: readonly string[] }
}

/** Undefined where none of the entity's parts has a table. */
export function mapParts(
  entity: Entity,
  tables: PartTables,
  valuesOf: (source: MappedSource, table: TableInfo) => (json: object) => Values,
): PartsMapping | undefined {
  const lists = PART_NAMES.flatMap((part) => {
    const table = tables[part]
    if (!table || OWNER_OF[part] !== entity) return []
    const definition = partDefinitionOf(part)
    const values = valuesOf(definition, table)
    return [{ part, values, columns: Object.keys(values(definition.samples.full)) }]
  })
  if (lists.length === 0) return undefined
  return {
    parts: (json) =>
      Object.fromEntries(
        lists.map(({ part, values }) => [
          part,
          partsIn(part, json).map((one) => ({ id: one.id, values: values(one) })),
        ]),
      ),
    partColumns: Object.fromEntries(lists.map(({ part, columns }) => [part, columns])),
  }
}
