// Plays Clerk: makes events as Clerk makes them, signs them as Svix signs them, and posts them.
import { createHmac, randomBytes } from 'node:crypto'
import { clerkEvent } from '@clerk-sync/testing'

/** One message: its id is the same for every attempt to deliver it. */
export interface Message {
  readonly id: string
  readonly type: string
  readonly body: string
}

export interface Person {
  readonly id: string
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly email?: string | null
  readonly phoneNumber?: string | null
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly createdBy: string
}

export function newId(kind: 'user' | 'org' | 'orgmem' | 'msg'): string {
  return `${kind}_${randomBytes(20).toString('base64url').replace(/[-_]/g, 'x')}`
}

/** @param at - when it happened, in ms since 1970: the `updated_at` of the snapshot. */
export function userEvent(type: 'user.created' | 'user.updated', person: Person, at: number): Message {
  const { id, firstName = null, lastName = null, email, phoneNumber } = person
  const { data } = clerkEvent(type, {
    id,
    first_name: firstName,
    last_name: lastName,
    email_addresses: email ? [{ email_address: email }] : [],
    phone_numbers: phoneNumber ? [{ phone_number: phoneNumber }] : [],
    ...both(at),
  })
  return message(type, at, data)
}

/** A delete carries the id alone. */
export function deletedEvent(type: 'user.deleted' | 'organization.deleted', id: string, at: number): Message {
  return message(type, at, clerkEvent(type, { id }).data)
}

export function organizationEvent(
  type: 'organization.created' | 'organization.updated',
  organization: Organization,
  at: number,
): Message {
  return message(type, at, clerkEvent(type, organizationData(organization, at)).data)
}

export function membershipEvent(
  type: `organizationMembership.${'created' | 'updated' | 'deleted'}`,
  membership: { id: string; organization: Organization; person: Person; role: string },
  at: number,
): Message {
  const { id, organization, person, role } = membership
  const user = {
    user_id: person.id,
    first_name: person.firstName ?? null,
    last_name: person.lastName ?? null,
    identifier: person.email ?? person.phoneNumber ?? person.id,
  }
  const data = { id, role, organization: organizationData(organization, at), public_user_data: user, ...both(at) }
  return message(type, at, clerkEvent(type, data).data)
}

function organizationData({ id, name, createdBy }: Organization, at: number) {
  return { id, name, slug: name.toLowerCase().replace(/\W+/g, '-'), created_by: createdBy, ...both(at) }
}

function both(at: number) {
  return { created_at: at, updated_at: at }
}

/** The envelope's timestamp trails the snapshot's a little, as it does in real deliveries. */
export function message(type: string, at: number, data: object): Message {
  const body = JSON.stringify({ data, instance_id: 'ins_quickstart', object: 'event', timestamp: at + 15, type })
  return { id: newId('msg'), type, body }
}

/** The headers of one attempt. Every attempt has its own timestamp and signature. */
export function sign({ id, body }: Pick<Message, 'id' | 'body'>, secret: string, now = Date.now()) {
  const timestamp = String(Math.floor(now / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': `v1,${signature}`,
  }
}

export interface Answer {
  readonly status: number
  /** The outcome, or the code of the error. */
  readonly said: string
}

/** One attempt to deliver a message. */
export async function deliver(message: Message, url: string, secret: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers: sign(message, secret), body: message.body })
  const text = await response.text()
  const answer: unknown = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : undefined
  const { outcome, code } = (answer ?? {}) as { outcome?: string; code?: string }
  return { status: response.status, said: outcome ?? code ?? text }
}
