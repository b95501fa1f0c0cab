import type { Entity } from './all-entities.ts'

/** The name of the map that fills a deleted row. */
export function deletedMapOf(entity: Entity): string {
  return `deleted${entity.charAt(0).toUpperCase()}${entity.slice(1)}`
}
