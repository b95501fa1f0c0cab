import type { ClerkEvent } from '@clerk-sync/core'
import type { QueueMessage } from '@clerk-sync/queue'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { SECRET } from './application.ts'

/** What `enqueue` puts into a queue for an event. */
export function messageOf(event: ClerkEvent, { secret = SECRET, timestamp = Date.now() } = {}): QueueMessage {
  const { id, body, headers } = signedDelivery(event, { secret, timestamp })
  return { id, timestamp: headers['svix-timestamp'] ?? '', signature: headers['svix-signature'] ?? '', body }
}

/** A user with this address; one of more than 32 characters is refused by the application's table. */
export function signUp(id: string, email = `${id}@example.com`): ClerkEvent {
  return clerkEvent('user.created', { id, email_addresses: [{ email_address: email }] })
}

/** An event that no retry stores. */
export function poison(id: string): ClerkEvent {
  return signUp(id, `${id}.with-an-address-that-is-too-long@example.com`)
}
