import { randomBytes } from 'node:crypto'

/** What every id begins with that these deliveries create, so that nobody takes the rows for users. */
export const ID_PREFIX = 'user_clerksyncconformance'

export function newUserId(): string {
  return ID_PREFIX + randomBytes(8).toString('hex')
}

export interface UserFields {
  readonly id: string
  readonly email: string
  /** In ms since 1970. */
  readonly updatedAt: number
  readonly firstName?: string
  readonly publicMetadata?: Readonly<Record<string, unknown>>
  readonly privateMetadata?: Readonly<Record<string, unknown>>
}

/** A user as Clerk sends one who signed up with an e-mail address. */
export function userData(fields: UserFields): object {
  const { id, email, updatedAt, firstName = 'Conformance', publicMetadata = {}, privateMetadata = {} } = fields
  const emailId = id.replace('user_', 'idn_')
  return {
    object: 'user',
    id,
    username: null,
    first_name: firstName,
    last_name: null,
    image_url: 'https://img.clerk.com/clerk-sync-conformance',
    profile_image_url: 'https://img.clerk.com/clerk-sync-conformance',
    has_image: false,
    primary_email_address_id: emailId,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    email_addresses: [
      {
        object: 'email_address',
        id: emailId,
        email_address: email,
        linked_to: [],
        reserved: false,
        verification: { status: 'verified', strategy: 'email_code', attempts: 1, expire_at: updatedAt + 600_000 },
        created_at: updatedAt,
        updated_at: updatedAt,
      },
    ],
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    passkeys: [],
    saml_accounts: [],
    external_id: null,
    public_metadata: publicMetadata,
    private_metadata: privateMetadata,
    unsafe_metadata: {},
    banned: false,
    locked: false,
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100,
    password_enabled: false,
    two_factor_enabled: false,
    totp_enabled: false,
    backup_code_enabled: false,
    create_organization_enabled: true,
    delete_self_enabled: true,
    legal_accepted_at: null,
    last_sign_in_at: null,
    last_active_at: updatedAt,
    created_at: updatedAt,
    updated_at: updatedAt,
  }
}

/** All that Clerk sends of a user who is gone. */
export function deletedData(id: string): object {
  return { object: 'user', id, deleted: true }
}

/** An envelope, as the text that Clerk would send. It names no instance, so none has to be known here. */
export function envelope(type: string, data: object, timestamp: number): string {
  return clerkJson({
    data,
    event_attributes: { http_request: { client_ip: '', user_agent: '' } },
    object: 'event',
    timestamp,
    type,
  })
}

/** JSON as Clerk's servers write it: keys sorted as text, and what HTML could take for its own escaped. */
function clerkJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(clerkJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${clerkJson(key)}:${clerkJson(member)}`).join(',')}}`
  }
  return JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}
