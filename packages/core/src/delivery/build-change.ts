import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Mapping } from '../mapping/mapping.ts'
import type { Change, Entity, Upsert } from '../port/sync-adapter.ts'
import { isTime, type Rank, versionOf } from '../port/version.ts'

/** What each event type does to which table. A Map, so that a type named `constructor` finds nothing. */
const effects: ReadonlyMap<string, { entity: Entity; rank: Rank; deletes?: true }> = new Map([
  ['user.created', { entity: 'user', rank: 0 }],
  ['user.updated', { entity: 'user', rank: 1 }],
  ['user.deleted', { entity: 'user', rank: 1, deletes: true }],
  ['organization.created', { entity: 'organization', rank: 0 }],
  ['organization.updated', { entity: 'organization', rank: 1 }],
  ['organization.deleted', { entity: 'organization', rank: 1, deletes: true }],
  ['organizationMembership.created', { entity: 'organizationMembership', rank: 0 }],
  ['organizationMembership.updated', { entity: 'organizationMembership', rank: 1 }],
  ['organizationMembership.deleted', { entity: 'organizationMembership', rank: 1, deletes: true }],
  ['session.created', { entity: 'session', rank: 0 }],
  ['session.pending', { entity: 'session', rank: 1 }],
  ['session.ended', { entity: 'session', rank: 2 }],
  ['session.removed', { entity: 'session', rank: 2 }],
  ['session.revoked', { entity: 'session', rank: 2 }],
])

/** Without these the record could not be made; Clerk sends them in every snapshot. */
const essentials: Readonly<Record<Entity, readonly (readonly string[])[]>> = {
  user: [],
  organization: [],
  organizationMembership: [['role'], ['organization', 'id'], ['public_user_data', 'user_id']],
  session: [['user_id'], ['status']],
}

const LONGEST_KEY = 255

/** How far the clock here may be ahead of Clerk's, in ms, before a read passes for newer than an event after it. */
const CLOCK_SKEW_MS = 5_000

export type Mappings = { readonly [E in Entity]?: Mapping }

/**
 * What an event does to a row; `undefined` when it concerns no table of ours.
 *
 * @throws ClerkSyncError `payload_invalid` when the entity lacks its id or what a record cannot do without.
 */
export function changeOf(event: ClerkEvent, mappings: Mappings, onDelete: 'erase' | 'keep'): Change | undefined {
  const effect = effects.get(event.type)
  const mapping = effect && mappings[effect.entity]
  if (!effect || !mapping) return undefined
  const { entity, rank, deletes } = effect
  const data = event.data as { id: string; updated_at?: number | null }
  const require = (path: readonly string[]) => requireText(`A ${event.type} event`, event.data, path)
  require(['id'])
  const order = { occurredAt: event.timestamp, rank, messageId: event.id }
  if (!deletes || entity === 'organizationMembership') for (const path of essentials[entity]) require(path)
  if (deletes) {
    return {
      kind: 'delete',
      mode: onDelete,
      entity,
      key: data.id,
      version: versionOf({ ...order, updatedAt: 'deleted' }),
      deletedAt: new Date(event.timestamp),
      values: mapping.deletedValues(data),
    }
  }
  return {
    kind: 'upsert',
    entity,
    key: data.id,
    version: versionOf({ ...order, updatedAt: data.updated_at ?? event.timestamp }),
    values: mapping.values(data),
  }
}

/** What the Backend API gives of an entity. */
export interface Snapshot {
  readonly id: string
  readonly updated_at?: number | null
}

/**
 * What a snapshot that was read from the Backend API does to its row: with the same `updated_at`, it is newer than the
 * events before the read and older than those after it.
 *
 * @param sentAt - when the request was sent, in ms since 1970
 * @throws ClerkSyncError `payload_invalid` when it lacks what a record cannot do without.
 */
export function changeOfRead(entity: Entity, snapshot: Snapshot, sentAt: number, mapping: Mapping): Upsert {
  const occurredAt = Math.floor(sentAt) - CLOCK_SKEW_MS
  if (!isTime(occurredAt)) {
    throw new ClerkSyncError(
      'config_invalid',
      'sentAt must be when the request was sent, in ms since 1970: Date.now().',
    )
  }
  for (const path of [['id'], ...essentials[entity]]) requireText(`What Clerk gave of the ${entity}`, snapshot, path)
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
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_KEY) return
  throw new ClerkSyncError(
    'payload_invalid',
    `${what} must have text, up to ${LONGEST_KEY} characters, in data.${path.join('.')}.`,
  )
}
