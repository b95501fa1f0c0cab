// Plays Clerk: makes events as Clerk makes them, and signs and posts them.
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { SECRET } from '@examples/testing'

let time = Date.now() - 60_000

export interface Person {
  readonly id: string
  readonly username: string | null
  readonly firstName: string
  readonly lastName: string
  readonly imageUrl?: string
}

/** Delivers a change of a user, each later than the one before. Gives the outcome. */
export function deliverUser(server: string, type: 'user.created' | 'user.updated', person: Person): Promise<unknown> {
  const { id, username, firstName, lastName, imageUrl = `https://img.clerk.com/${id}` } = person
  const data = { id, username, first_name: firstName, last_name: lastName, image_url: imageUrl }
  return deliver(server, clerkEvent(type, data, { timestamp: next() }))
}

export function deliverDelete(server: string, id: string): Promise<unknown> {
  return deliver(server, clerkEvent('user.deleted', { id }, { timestamp: next() }))
}

function next(): number {
  time += 1_000
  return time
}

async function deliver(server: string, event: ClerkEvent): Promise<unknown> {
  const { headers, body } = signedDelivery(event, { secret: SECRET })
  const response = await fetch(`${server}/api/webhooks/clerk`, { method: 'POST', headers, body })
  return Object.values(await response.json())[0]
}
