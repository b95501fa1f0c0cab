import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import { isTime } from '../port/version.ts'

/** Below this a timestamp is in seconds: the Dashboard's "Send Example" sends those. In ms it would be 1973. */
const SECONDS_BELOW = 1e11

/**
 * Reads the envelope from a verified body. `data` is as Clerk sent it.
 *
 * The type may be one that Clerk adds tomorrow; it passes through, and is ignored unless it has a hook.
 *
 * @throws ClerkSyncError `payload_invalid` when it is no event, `instance_mismatch` when it is another instance's.
 */
export function parseEvent(body: string, messageId: string, instanceId: string | undefined): ClerkEvent {
  const envelope = parseObject(body)
  const { object, type, data, timestamp, instance_id } = envelope
  if (object !== 'event' || typeof type !== 'string' || !isObject(data) || typeof timestamp !== 'number') {
    throw invalid('It has no object "event", type, data and timestamp.')
  }
  const occurredAt = timestamp < SECONDS_BELOW ? timestamp * 1000 : timestamp
  if (!isTime(occurredAt)) throw invalid('Its timestamp is not a time in milliseconds since 1970.')
  const instance = typeof instance_id === 'string' ? instance_id : null
  if (instanceId !== undefined && instance !== null && instance !== instanceId) {
    throw new ClerkSyncError(
      'instance_mismatch',
      `The event is from the Clerk instance ${instance}, and this table belongs to ${instanceId}. Development and ` +
        'production have different users: give each its own database, endpoint and secret.',
    )
  }
  // The signature vouches for the shape of data; what a row cannot do without is checked where the row is made.
  return { id: messageId, type, data, timestamp: occurredAt, instanceId: instance } as object as ClerkEvent
}

/**
 * What `apply` is given, which comes from a queue of the application's.
 *
 * @throws ClerkSyncError `payload_invalid` when it is no event that `verify` gave.
 */
export function checkEvent(event: unknown): void {
  const { id, type, data, timestamp }: Record<string, unknown> = isObject(event) ? event : {}
  const lacks = [
    typeof id !== 'string' || id === '' ? 'id' : '',
    typeof type !== 'string' ? 'type' : '',
    isObject(data) ? '' : 'data',
    typeof timestamp !== 'number' || !isTime(timestamp) ? 'timestamp' : '',
  ].filter((name) => name !== '')
  if (lacks.length === 0) return
  throw new ClerkSyncError(
    'payload_invalid',
    `apply takes an event as verify gives it, and this one has no valid ${lacks.join(', ')}. Pass the object itself, ` +
      'parsed if a queue keeps it as JSON; an event of another library lacks the id and the time of the message.',
  )
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    // The parser's message quotes the body, which may hold personal data.
    throw invalid('It is not JSON.')
  }
  if (!isObject(value)) throw invalid('It is not a JSON object.')
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(reason: string): ClerkSyncError {
  return new ClerkSyncError(
    'payload_invalid',
    `The delivery is signed but is not a Clerk event. ${reason} Check what else signs with this secret.`,
  )
}
