import { definitionOf } from '../entities/all-entities.ts'
import type { Snapshot } from '../entities/define-entity.ts'
import { requireText } from '../entities/require-text.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Mapping } from '../mapping/resolve-mapping.ts'
import type { Entity, Upsert } from '../port/sync-adapter.ts'
import { isTime, READ, versionOf } from '../port/version.ts'
import type { ClerkTime } from './clerk-time.ts'

/** How long a change may take to show in what the Backend API answers. */
export const SETTLE_MS = 30_000

/**
 * What a snapshot that was read from the Backend API does to its row: with the same `updated_at`, it is newer than the
 * events before the read and older than those after it. What has no `updated_at` may be older than the read by as much as the
 * Backend API lags behind: an event of that time stays.
 *
 * @throws ClerkSyncError `payload_invalid` when it lacks what a record cannot do without.
 */
export function buildReadChange(
  entity: Entity,
  snapshot: Snapshot,
  { earliest }: Pick<ClerkTime, 'earliest'>,
  mapping: Mapping,
): Upsert {
  for (const path of [['id'], ...definitionOf(entity).requires]) {
    requireText(`What Clerk gave of the ${entity}`, snapshot, path)
  }
  const updatedAt = snapshot.updated_at ?? Math.max(0, earliest - SETTLE_MS)
  if (typeof updatedAt !== 'number' || !isTime(updatedAt)) {
    throw new ClerkSyncError(
      'payload_invalid',
      `What Clerk gave of the ${entity} ${snapshot.id} has an updated_at that is no time in milliseconds since 1970.`,
    )
  }
  const version = versionOf({ updatedAt, occurredAt: earliest, rank: 1, messageId: READ })
  const parts = mapping.parts && { parts: mapping.parts(snapshot) }
  return { kind: 'upsert', entity, key: snapshot.id, version, values: mapping.values(snapshot), ...parts }
}
