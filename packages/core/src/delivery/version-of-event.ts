import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { EventEffect, Snapshot } from '../entities/define-entity.ts'
import { versionOf } from '../port/version.ts'

/**
 * The version of what an event writes.
 *
 * @throws ClerkSyncError `payload_invalid` for a time that no version holds.
 */
export function versionOfEvent({ id, timestamp, data }: ClerkEvent, effect: EventEffect): string {
  const order = { occurredAt: timestamp, messageId: id }
  if (effect === 'delete') return versionOf({ ...order, rank: 1, updatedAt: 'deleted' })
  return versionOf({ ...order, rank: effect, updatedAt: (data as Snapshot).updated_at ?? timestamp })
}
