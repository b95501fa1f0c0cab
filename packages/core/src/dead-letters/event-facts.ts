import type { ClerkEvent } from '../entities/clerk-event.ts'
import { effectOf } from '../entities/effect-of.ts'
import { prop } from '../port/prop.ts'
import { versionOf } from '../port/version.ts'

/** The Clerk id of what an event is about. */
export function entityIdOf(event: ClerkEvent): string | undefined {
  return text(prop(event.data, 'id'))
}

/** The version of what an event writes; undefined where it writes no row. */
export function orderOf(event: ClerkEvent): string | undefined {
  const effect = effectOf(event.type)?.effect
  if (effect === undefined) return undefined
  const order = { occurredAt: event.timestamp, messageId: event.id }
  if (effect === 'delete') return versionOf({ ...order, rank: 1, updatedAt: 'deleted' })
  const updatedAt = prop(event.data, 'updated_at')
  return versionOf({ ...order, rank: effect, updatedAt: typeof updatedAt === 'number' ? updatedAt : event.timestamp })
}

/**
 * Whose personal data an event holds. That a user created an organization is a reference, and no data of his; what is in
 * metadata is the application's.
 */
export function usersIn(event: ClerkEvent): readonly string[] {
  const { data } = event
  const own = effectOf(event.type)?.entity === 'user' ? prop(data, 'id') : undefined
  const found = [
    own,
    prop(data, 'user_id'),
    prop(prop(data, 'public_user_data'), 'user_id'),
    prop(prop(data, 'user'), 'id'),
    prop(prop(data, 'payer'), 'user_id'),
  ]
  return [...new Set(found.flatMap((id) => text(id) ?? []))]
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
