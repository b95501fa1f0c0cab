import type { Entity } from '../port/sync-adapter.ts'

// Two of each entity, to find out at set-up which columns a map fills, and that they do not depend on the entity: one
// with every part present, and one with all that Clerk may leave out. Nobody's data, never stored.
const verification = { status: 'verified', strategy: 'email_code', attempts: 1, expire_at: 1_767_225_600_000 }
const times = { created_at: 1_767_225_600_000, updated_at: 1_767_225_600_000 }

const user = {
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
  password_last_updated_at: 1_767_225_600_000,
  two_factor_enabled: false,
  totp_enabled: false,
  backup_code_enabled: false,
  create_organization_enabled: true,
  create_organizations_limit: null,
  delete_self_enabled: true,
  legal_accepted_at: 1_767_225_600_000,
  locale: 'en',
  last_sign_in_at: 1_767_225_600_000,
  last_active_at: 1_767_225_600_000,
  ...times,
}

const organization = {
  object: 'organization',
  id: 'org_sample',
  name: 'Sample',
  slug: 'sample',
  image_url: 'https://img.clerk.com/sample',
  has_image: true,
  members_count: 1,
  pending_invitations_count: 0,
  max_allowed_memberships: 5,
  admin_delete_enabled: true,
  created_by: 'user_sample',
  public_metadata: {},
  private_metadata: {},
  ...times,
}

const membership = {
  object: 'organization_membership',
  id: 'orgmem_sample',
  role: 'org:member',
  role_name: 'Member',
  permissions: ['org:sample:read'],
  public_metadata: {},
  private_metadata: {},
  organization,
  public_user_data: {
    identifier: 'sample@example.com',
    user_id: 'user_sample',
    first_name: 'Sample',
    last_name: 'User',
    image_url: 'https://img.clerk.com/sample',
    has_image: true,
  },
  ...times,
}

const session = {
  object: 'session',
  id: 'sess_sample',
  user_id: 'user_sample',
  client_id: 'client_sample',
  status: 'active',
  actor: null,
  last_active_organization_id: 'org_sample',
  latest_activity: { object: 'session_activity', id: 'sess_activity_sample', is_mobile: false },
  last_active_at: 1_767_225_600_000,
  expire_at: 1_767_225_600_000,
  abandon_at: 1_767_225_600_000,
  user,
  ...times,
}

const sparseUser = {
  ...user,
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
}

const sparseOrganization = { ...organization, slug: null, has_image: false, created_by: undefined }

type Sample = { readonly id: string } & Readonly<Record<string, unknown>>
interface Pair {
  readonly full: Sample
  readonly sparse: Sample
}

export const samples: Readonly<Record<Entity, Pair>> = {
  user: { full: user, sparse: sparseUser },
  organization: { full: organization, sparse: sparseOrganization },
  organizationMembership: {
    full: membership,
    sparse: {
      ...membership,
      permissions: [],
      organization: sparseOrganization,
      public_user_data: { ...membership.public_user_data, first_name: null, last_name: null, has_image: false },
    },
  },
  session: {
    full: session,
    sparse: { ...session, last_active_organization_id: null, latest_activity: undefined, user: null },
  },
}
