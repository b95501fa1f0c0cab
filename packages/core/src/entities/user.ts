import type { UserJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, type Metadata, metadata, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

/** A user as an application would store it. What Clerk does not have is null; a flag it does not send is false. */
export interface UserRecord {
  readonly id: string
  /** The primary e-mail address. Null for users of phone, username, web3 and some OAuth sign-ins; never `''`. */
  readonly email: string | null
  readonly emailVerified: boolean
  /** The primary phone number. */
  readonly phoneNumber: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** First and last name, as far as they are there. */
  readonly fullName: string | null
  readonly imageUrl: string | null
  readonly externalId: string | null
  readonly publicMetadata: Metadata | null
  readonly banned: boolean
  readonly locked: boolean
  readonly lastSignInAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const verification = { status: 'verified', strategy: 'email_code', attempts: 1, expire_at: SAMPLE_TIME_MS }

/** Also inside the samples of a session. */
export const userSample = {
  object: 'user',
  id: 'user_sample',
  username: 'sample',
  first_name: 'Sample',
  last_name: 'User',
  image_url: 'https://img.clerk.com/sample',
  profile_image_url: 'https://img.clerk.com/sample',
  has_image: true,
  primary_email_address_id: 'idn_email',
  primary_phone_number_id: 'idn_phone',
  primary_web3_wallet_id: 'idn_wallet',
  email_addresses: [
    { object: 'email_address', id: 'idn_email', email_address: 'sample@example.com', verification, linked_to: [] },
  ],
  phone_numbers: [
    {
      object: 'phone_number',
      id: 'idn_phone',
      phone_number: '+15555550100',
      verification,
      linked_to: [],
      reserved_for_second_factor: false,
      default_second_factor: false,
    },
  ],
  web3_wallets: [{ object: 'web3_wallet', id: 'idn_wallet', web3_wallet: '0x0', verification }],
  external_accounts: [
    {
      object: 'external_account',
      id: 'idn_external',
      provider: 'oauth_google',
      provider_user_id: '1',
      email_address: 'sample@example.com',
      first_name: 'Sample',
      last_name: 'User',
      username: 'sample',
      public_metadata: {},
      verification,
    },
  ],
  enterprise_accounts: [],
  saml_accounts: [],
  passkeys: [],
  organization_memberships: [],
  external_id: 'sample',
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  banned: false,
  locked: false,
  lockout_expires_in_seconds: null,
  verification_attempts_remaining: 100,
  password_enabled: true,
  password_last_updated_at: SAMPLE_TIME_MS,
  two_factor_enabled: false,
  totp_enabled: false,
  backup_code_enabled: false,
  create_organization_enabled: true,
  create_organizations_limit: null,
  delete_self_enabled: true,
  legal_accepted_at: SAMPLE_TIME_MS,
  locale: 'en',
  last_sign_in_at: SAMPLE_TIME_MS,
  last_active_at: SAMPLE_TIME_MS,
  ...sampleTimes,
}

export const user = defineEntity({
  name: 'user',
  table: 'users',
  events: { 'user.created': 0, 'user.updated': 1, 'user.deleted': 'delete' },
  deleteCarries: 'id',
  requires: [],
  toRecord: userRecord,
  list: { path: '/users', paging: 'cursor', count: '/users/count', byIds: 'user_id' },
  proof: { owners: {}, request: (id) => ({ path: `/users/${id}` }), absent: 'not_found' },
  samples: {
    full: userSample,
    sparse: {
      ...userSample,
      username: null,
      first_name: null,
      last_name: null,
      has_image: false,
      primary_email_address_id: null,
      primary_phone_number_id: null,
      primary_web3_wallet_id: null,
      email_addresses: [],
      phone_numbers: [],
      web3_wallets: [],
      external_accounts: [],
      external_id: null,
      password_enabled: false,
      password_last_updated_at: null,
      legal_accepted_at: null,
      locale: null,
      last_sign_in_at: null,
      last_active_at: null,
    },
  },
})

function userRecord(user: UserJSON): UserRecord {
  const { id, primary_email_address_id, primary_phone_number_id, ...wire } = user as Wire<UserJSON> & UserJSON
  const email = byId(wire.email_addresses, primary_email_address_id)
  const phone = byId(wire.phone_numbers, primary_phone_number_id)
  return {
    id,
    email: email?.email_address || null,
    emailVerified: Boolean(email?.email_address) && email?.verification?.status === 'verified',
    phoneNumber: phone?.phone_number || null,
    username: wire.username || null,
    firstName: wire.first_name || null,
    lastName: wire.last_name || null,
    fullName: [wire.first_name, wire.last_name].filter(Boolean).join(' ') || null,
    imageUrl: wire.image_url || null,
    externalId: wire.external_id || null,
    publicMetadata: metadata(wire.public_metadata),
    banned: wire.banned ?? false,
    locked: wire.locked ?? false,
    lastSignInAt: date(wire.last_sign_in_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

function byId<T extends { id: string }>(list: readonly T[] | null | undefined, id: string | null): T | undefined {
  return id ? list?.find((entry) => entry.id === id) : undefined
}
