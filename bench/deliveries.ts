import type { RawDelivery } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { Webhook } from 'svix'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const webhook = new Webhook(SECRET)
const START = Date.now()
let users = 0

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Signed deliveries as Clerk sends them, about 2 KB each: half create a user, half update one that an earlier one of
 * the same set created. Nobody's data; ids are new for each set.
 */
export function makeDeliveries(count: number): Delivery[] {
  const created = Array.from({ length: count / 2 }, () => user(++users))
  const updated = created.map((data) => ({ ...data, first_name: 'Grace', updated_at: START + 1 }))
  const events = [
    ...created.map((data) => clerkEvent('user.created', data)),
    ...updated.map((data) => clerkEvent('user.updated', data)),
  ]
  return events.map((event) => signedDelivery(event, { secret: SECRET }))
}

function user(n: number) {
  return {
    id: `user_${START}${String(n).padStart(12, '0')}`,
    first_name: 'Ada',
    last_name: 'Lovelace',
    email_addresses: [{ email_address: `person-${START}-${n}@example.com` }],
    public_metadata: { plan: 'free', theme: 'dark' },
    created_at: START,
    updated_at: START,
  }
}

export function raw({ headers, body }: Delivery): RawDelivery {
  return { method: 'POST', headers, body }
}

/** Verifies as the hand-written handlers do, and gives the event. */
export function verified({ headers, body }: Delivery): { type: string; data: UserData; timestamp: number } {
  webhook.verify(body, { ...headers })
  return JSON.parse(body)
}

export interface UserData {
  readonly id: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly image_url: string
  readonly primary_email_address_id: string | null
  readonly email_addresses: readonly { readonly id: string; readonly email_address: string }[]
  readonly updated_at: number
}

export function primaryEmail(user: UserData): string | null {
  return user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address ?? null
}
