// Plays Clerk: makes events as Clerk makes them, signs them as Svix signs them, and posts them.
import { createHmac, randomBytes } from 'node:crypto'

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

export function newId(kind: 'user' | 'org' | 'orgmem' | 'msg' | 'idn'): string {
  return `${kind}_${randomBytes(20).toString('base64url').replace(/[-_]/g, 'x')}`
}

/** @param at - when it happened, in ms since 1970: the `updated_at` of the snapshot. */
export function userEvent(type: 'user.created' | 'user.updated', person: Person, at: number): Message {
  const email = person.email && { id: newId('idn'), object: 'email_address', email_address: person.email }
  const phone = person.phoneNumber && { id: newId('idn'), object: 'phone_number', phone_number: person.phoneNumber }
  return message(type, at, {
    object: 'user',
    id: person.id,
    first_name: person.firstName ?? null,
    last_name: person.lastName ?? null,
    username: null,
    image_url: `https://img.clerk.com/${person.id}`,
    has_image: false,
    primary_email_address_id: email ? email.id : null,
    email_addresses: email ? [{ ...email, verification: { status: 'verified', strategy: 'email_code' } }] : [],
    primary_phone_number_id: phone ? phone.id : null,
    phone_numbers: phone ? [{ ...phone, verification: { status: 'verified', strategy: 'phone_code' } }] : [],
    external_accounts: [],
    public_metadata: {},
    unsafe_metadata: {},
    banned: false,
    locked: false,
    last_sign_in_at: null,
    created_at: at,
    updated_at: at,
  })
}

/** A delete carries the id alone. */
export function deletedEvent(type: 'user.deleted' | 'organization.deleted', id: string, at: number): Message {
  return message(type, at, { object: type.replace('.deleted', ''), id, deleted: true })
}

export function organizationEvent(
  type: 'organization.created' | 'organization.updated',
  organization: Organization,
  at: number,
): Message {
  return message(type, at, organizationJson(organization, at))
}

export function membershipEvent(
  type: `organizationMembership.${'created' | 'updated' | 'deleted'}`,
  membership: { id: string; organization: Organization; person: Person; role: string },
  at: number,
): Message {
  const { id, organization, person, role } = membership
  return message(type, at, {
    object: 'organization_membership',
    id,
    role,
    permissions: ['org:sys_memberships:read'],
    public_metadata: {},
    organization: organizationJson(organization, at),
    public_user_data: {
      user_id: person.id,
      first_name: person.firstName ?? null,
      last_name: person.lastName ?? null,
      identifier: person.email ?? person.phoneNumber ?? person.id,
      image_url: `https://img.clerk.com/${person.id}`,
      has_image: false,
    },
    created_at: at,
    updated_at: at,
  })
}

function organizationJson({ id, name, createdBy }: Organization, at: number) {
  const slug = name.toLowerCase().replace(/\W+/g, '-')
  const image_url = `https://img.clerk.com/${id}`
  const times = { created_at: at, updated_at: at }
  return { object: 'organization', id, name, slug, image_url, created_by: createdBy, public_metadata: {}, ...times }
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
