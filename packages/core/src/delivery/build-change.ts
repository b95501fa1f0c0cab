import { definitionOf } from '../entities/all-entities.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { Snapshot } from '../entities/define-entity.ts'
import { effectOf } from '../entities/effect-of.ts'
import { requireText } from '../entities/require-text.ts'
import type { Mappings } from '../mapping/resolve-mapping.ts'
import type { Change } from '../port/sync-adapter.ts'
import { versionOfEvent } from './version-of-event.ts'

/**
 * What an event does to a row; `undefined` when it concerns no table of ours.
 *
 * @throws ClerkSyncError `payload_invalid` when the entity lacks its id or what a record cannot do without.
 */
export function buildChange(event: ClerkEvent, mappings: Mappings): Change | undefined {
  const found = effectOf(event.type)
  const mapping = found && mappings[found.entity]
  if (!found || !mapping) return undefined
  const { entity, effect } = found
  const { requires, deleteCarries } = definitionOf(entity)
  const data = event.data as Snapshot
  const essential = effect === 'delete' && deleteCarries === 'id' ? [] : requires
  for (const path of [['id'], ...essential]) requireText(`A ${event.type} event`, data, path)
  const version = versionOfEvent(event, effect)
  if (effect === 'delete') {
    return {
      kind: 'delete',
      mode: mapping.mode,
      entity,
      key: data.id,
      version,
      deletedAt: new Date(event.timestamp),
      values: mapping.deletedValues(data),
    }
  }
  return {
    kind: 'upsert',
    entity,
    key: data.id,
    version,
    values: mapping.values(data),
    ...(mapping.parts && { parts: mapping.parts(data) }),
  }
}

/** Why an event without a hook changes nothing here: it has no table. */
export function whyIgnored({ type }: ClerkEvent): string {
  const entity = effectOf(type)?.entity
  return entity
    ? `The adapter was given no table for ${entity}, and there is no hook for ${type}.`
    : `${type} fills no table, and there is no hook for it.`
}
