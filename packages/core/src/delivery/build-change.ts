import { definitionOf, type Entity } from '../entities/all-entities.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { Snapshot } from '../entities/define-entity.ts'
import { effectOf } from '../entities/effect-of.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Mapping, Mappings } from '../mapping/resolve-mapping.ts'
import { isClerkId } from '../port/clerk-id.ts'
import type { Change, Upsert } from '../port/sync-adapter.ts'
import { isTime, versionOf } from '../port/version.ts'
import { versionOfEvent } from './version-of-event.ts'

const LONGEST_TEXT = 255

/** How far the clock here may be ahead of Clerk's, in ms, before a read passes for newer than an event after it. */
const CLOCK_SKEW_MS = 5_000

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
  }
}

/** Why an event without a hook changes nothing here: it has no table. */
export function whyIgnored({ type }: ClerkEvent): string {
  const entity = effectOf(type)?.entity
  return entity
    ? `The adapter was given no table for ${entity}, and there is no hook for ${type}.`
    : `${type} fills no table, and there is no hook for it.`
}

/**
 * What a snapshot that was read from the Backend API does to its row: with the same `updated_at`, it is newer than the
 * events before the read and older than those after it.
 *
 * @param sentAt - when the request was sent, in ms since 1970
 * @throws ClerkSyncError `payload_invalid` when it lacks what a record cannot do without.
 */
export function buildReadChange(entity: Entity, snapshot: Snapshot, sentAt: number, mapping: Mapping): Upsert {
  const occurredAt = Math.floor(sentAt) - CLOCK_SKEW_MS
  if (!isTime(occurredAt)) {
    throw new ClerkSyncError(
      'config_invalid',
      'sentAt must be when the request was sent, in ms since 1970: Date.now().',
    )
  }
  for (const path of [['id'], ...definitionOf(entity).requires])
    requireText(`What Clerk gave of the ${entity}`, snapshot, path)
  const updatedAt = snapshot.updated_at ?? occurredAt
  const version = versionOf({ updatedAt, occurredAt, rank: 1, messageId: 'read' })
  return { kind: 'upsert', entity, key: snapshot.id, version, values: mapping.values(snapshot) }
}

function requireText(what: string, data: object, path: readonly string[]): void {
  let value: unknown = data
  for (const field of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? Reflect.get(value, field) : null
  }
  const isId = /(^|_)id$/.test(path.at(-1) ?? '')
  const isValid = isId ? isClerkId(value) : typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT
  if (isValid) return
  throw new ClerkSyncError(
    'payload_invalid',
    `${what} must have text, up to ${LONGEST_TEXT} ${isId ? 'printable ASCII characters' : 'characters'}, in ` +
      `data.${path.join('.')}.`,
  )
}
