import type { RawDelivery } from '@clerk-sync/core'
import { Webhook } from 'svix'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const webhook = new Webhook(SECRET)
const START = Date.now()
let users = 0
let messages = 0

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Signed deliveries as Clerk sends them, about 2 KB each: half create a user, half update one that an earlier one of
 * the same set created. Nobody's data; ids are new for each set.
 */
export function makeDeliveries(count: number): Delivery[] {
  const created = Array.from({ length: count / 2 }, () => user(++users, START))
  return [
    ...created.map((data) => sign('user.created', data, START)),
    ...created.map((data) => sign('user.updated', { ...data, first_name: 'Grace', updated_at: START + 1 }, START + 1)),
  ]
}

function sign(type: string, data: object, timestamp: number): Delivery {
  const event = {
    data,
    event_attributes: { http_request: { client_ip: '203.0.113.7', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' } },
    instance_id: 'ins_2vU3fBhx47yeddqKhd5taTbUYID',
    object: 'event',
    timestamp,
    type,
  }
  const body = JSON.stringify(event)
  const id = `msg_${START}_${++messages}`
  const now = new Date()
  return {
    headers: {
      'svix-id': id,
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': webhook.sign(id, now, body),
      'content-type': 'application/json',
    },
    body,
  }
}

function user(n: number, at: number): Record<string, unknown> {
  const id = `user_${START}${String(n).padStart(12, '0')}`
  return {
    backup_code_enabled: false,
    banned: false,
    create_organization_enabled: true,
    created_at: at,
    delete_self_enabled: true,
    email_addresses: [
      {
        created_at: at,
        email_address: `person-${START}-${n}@example.com`,
        id: `idn_${n}`,
        linked_to: [],
        matches_sso_connection: false,
        object: 'email_address',
        reserved: false,
        updated_at: at,
        verification: { attempts: 1, expire_at: at + 600_000, status: 'verified', strategy: 'email_code' },
      },
    ],
    enterprise_accounts: [],
    external_accounts: [],
    external_id: null,
    first_name: 'Ada',
    has_image: false,
    id,
    image_url: 'https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCIsImlpZCI6Imluc18ydlUzZkJoeDQ3eWVkZHFLaGQ1dGFUYlVZSUQifQ',
    last_active_at: at,
    last_name: 'Lovelace',
    last_sign_in_at: null,
    legal_accepted_at: null,
    locked: false,
    lockout_expires_in_seconds: null,
    mfa_disabled_at: null,
    mfa_enabled_at: null,
    object: 'user',
    passkeys: [],
    password_enabled: true,
    phone_numbers: [],
    primary_email_address_id: `idn_${n}`,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    private_metadata: {},
    profile_image_url: 'https://www.gravatar.com/avatar?d=mp',
    public_metadata: { plan: 'free', theme: 'dark' },
    saml_accounts: [],
    totp_enabled: false,
    two_factor_enabled: false,
    unsafe_metadata: {},
    updated_at: at,
    username: null,
    verification_attempts_remaining: 100,
    web3_wallets: [],
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
