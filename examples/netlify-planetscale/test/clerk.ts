// Plays Clerk: makes events as Clerk makes them, and signs and posts them.
import { randomUUID } from 'node:crypto'
import { SECRET } from '@examples/testing'
import { Webhook } from 'svix'

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
  time += 1_000
  return deliver(server, type, {
    object: 'user',
    id: person.id,
    username: person.username,
    first_name: person.firstName,
    last_name: person.lastName,
    image_url: person.imageUrl ?? `https://img.clerk.com/${person.id}`,
    primary_email_address_id: 'idn_1',
    email_addresses: [{ id: 'idn_1', object: 'email_address', email_address: `${person.id}@example.com` }],
    created_at: time,
    updated_at: time,
  })
}

export function deliverDelete(server: string, id: string): Promise<unknown> {
  time += 1_000
  return deliver(server, 'user.deleted', { object: 'user', id, deleted: true })
}

async function deliver(server: string, type: string, data: object): Promise<unknown> {
  const id = `msg_${randomUUID()}`
  const now = new Date()
  const body = JSON.stringify({ data, object: 'event', type, timestamp: time + 15 })
  const headers = {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
    'svix-signature': new Webhook(SECRET).sign(id, now, body),
  }
  const response = await fetch(`${server}/api/webhooks/clerk`, { method: 'POST', headers, body })
  return Object.values(await response.json())[0]
}
