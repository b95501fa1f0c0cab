import type { Entity } from '../entities/all-entities.ts'
import { partDefinitionOf, partsIn } from '../entities/parts/all-parts.ts'
import { OWNER_OF, PART_NAMES, type Part } from '../entities/parts/part-names.ts'
import type { Parts, TableInfo, Values } from '../port/sync-adapter.ts'
import type { MappedSource } from './fill-columns.ts'

export type PartTables = { readonly [P in Part]?: TableInfo }

/** Gives what is written of an entity's parts; undefined where none of its parts has a table. */
export function mapParts(
  entity: Entity,
  tables: PartTables,
  valuesOf: (source: MappedSource, table: TableInfo) => (json: object) => Values,
): ((json: { readonly id: string }) => Parts) | undefined {
  const lists = PART_NAMES.flatMap((part) => {
    const table = tables[part]
    if (!table || OWNER_OF[part] !== entity) return []
    const values = valuesOf(partDefinitionOf(part), table)
    return [[part, values] as const]
  })
  if (lists.length === 0) return undefined
  return (json) =>
    Object.fromEntries(
      lists.map(([part, values]) => [part, partsIn(part, json).map((one) => ({ id: one.id, values: values(one) }))]),
    )
}
