import type { ClerkEvent, ClerkEventType } from '@clerk-sync/core'

let messages = 0

/** An event as `verify` gives it; `data` is merged into what a user always has. */
export function userEvent(
  type: 'user.created' | 'user.updated' | 'user.deleted',
  id: string,
  at: number,
  data: Readonly<Record<string, unknown>> = {},
): ClerkEvent {
  const snapshot = { id, object: 'user', email_addresses: [], updated_at: at, ...data }
  const body = type === 'user.deleted' ? { id, object: 'user', deleted: true } : snapshot
  return event(type, at, body)
}

/** A user's data with this primary e-mail address. */
export function withEmail(address: string): Readonly<Record<string, unknown>> {
  return { primary_email_address_id: 'idn_1', email_addresses: [{ id: 'idn_1', email_address: address }] }
}

export function event(type: ClerkEventType, at: number, data: object): ClerkEvent {
  // Through JSON, as a queue would hand it over.
  return JSON.parse(JSON.stringify({ id: `msg_${++messages}_${at}`, type, data, timestamp: at, instanceId: null }))
}
