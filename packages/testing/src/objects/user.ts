import { idOf, Random } from '../random.ts'
import { imageUrl, type Json, type Origin, times } from './json.ts'
import { FIRST_NAMES, LAST_NAMES } from './names.ts'

export type SignUp = 'email' | 'google' | 'phone'

export function userId(seed: string): string {
  return idOf('user', seed)
}

/** A user as Clerk sends one. Who signed up by phone has no e-mail address, as in Clerk. */
export function makeUser(origin: Origin, signUp: SignUp = 'email'): Json {
  const { seed, at, updatedAt = at } = origin
  const { firstName, lastName } = nameOf(seed)
  const id = userId(seed)
  const emails = signUp === 'phone' ? [] : [makeEmailAddress(origin, 0, signUp)]
  const phones = signUp === 'phone' ? [makePhoneNumber(origin, 0)] : []
  return {
    object: 'user',
    id,
    username: null,
    first_name: firstName,
    last_name: lastName,
    image_url: imageUrl(id),
    profile_image_url: imageUrl(id),
    has_image: signUp === 'google',
    primary_email_address_id: emails[0]?.id ?? null,
    primary_phone_number_id: phones[0]?.id ?? null,
    primary_web3_wallet_id: null,
    email_addresses: emails,
    phone_numbers: phones,
    web3_wallets: [],
    external_accounts: signUp === 'google' ? [makeExternalAccount(origin, 0)] : [],
    enterprise_accounts: [],
    saml_accounts: [],
    passkeys: [],
    external_id: null,
    public_metadata: {},
    private_metadata: {},
    unsafe_metadata: {},
    banned: false,
    locked: false,
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100,
    password_enabled: signUp === 'email',
    two_factor_enabled: false,
    totp_enabled: false,
    backup_code_enabled: false,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    create_organization_enabled: true,
    delete_self_enabled: true,
    legal_accepted_at: null,
    last_sign_in_at: updatedAt > at ? updatedAt : null,
    last_active_at: at - 1,
    ...times(origin),
  }
}

export function makeEmailAddress(origin: Origin, n: number, signUp: SignUp = 'email'): Json & { id: string } {
  const { seed, at } = origin
  const google = signUp === 'google'
  return {
    object: 'email_address',
    id: idOf('idn', `email ${n} ${seed}`),
    email_address: emailOf(seed, n),
    reserved: false,
    matches_sso_connection: false,
    linked_to: google ? [{ type: 'oauth_google', id: idOf('idn', `external 0 ${seed}`) }] : [],
    verification: google
      ? { status: 'verified', strategy: 'from_oauth_google', attempts: null, expire_at: null }
      : { status: 'verified', strategy: 'email_code', attempts: 1, expire_at: at + 600_000 },
    ...times({ seed, at: at - 20_000, updatedAt: at }),
  }
}

export function makePhoneNumber({ seed, at, n: row }: Origin, n: number): Json & { id: string } {
  const digits = row ?? new Random(`phone ${n} ${seed}`).below(10_000_000)
  return {
    object: 'phone_number',
    id: idOf('idn', `phone ${n} ${seed}`),
    // No country has this area.
    phone_number: `+1555${String(digits % 10_000_000).padStart(7, '0')}`,
    reserved: false,
    reserved_for_second_factor: false,
    default_second_factor: false,
    backup_codes: null,
    linked_to: [],
    verification: { status: 'verified', strategy: 'phone_code', attempts: 1, expire_at: at + 600_000 },
    ...times({ seed, at: at - 20_000, updatedAt: at }),
  }
}

export function makeWeb3Wallet({ seed, at }: Origin, n: number): Json & { id: string } {
  const random = new Random(`wallet ${n} ${seed}`)
  const hex = Array.from({ length: 5 }, () => random.next().toString(16).padStart(8, '0')).join('')
  return {
    object: 'web3_wallet',
    id: idOf('idn', `wallet ${n} ${seed}`),
    web3_wallet: `0x${hex}`,
    verification: { status: 'verified', strategy: 'web3_metamask_signature', attempts: 1, expire_at: at + 600_000 },
    ...times({ seed, at }),
  }
}

export function makeExternalAccount({ seed, at }: Origin, n: number): Json & { id: string } {
  const { firstName, lastName } = nameOf(seed)
  return {
    object: 'external_account',
    id: idOf('eac', `${n} ${seed}`),
    external_account_id: idOf('eac', `${n} ${seed}`),
    provider: 'oauth_google',
    identification_id: idOf('idn', `external ${n} ${seed}`),
    provider_user_id: `1${String(new Random(`google ${n} ${seed}`).next()).padStart(20, '0')}`,
    approved_scopes: 'email openid profile',
    email_address: emailOf(seed, 0),
    first_name: firstName,
    last_name: lastName,
    image_url: imageUrl(userId(seed)),
    username: null,
    phone_number: null,
    public_metadata: {},
    label: null,
    verification: { status: 'verified', strategy: 'oauth_google', attempts: null, expire_at: at + 600_000 },
    ...times({ seed, at: at - 10_000 }),
  }
}

export function nameOf(seed: string): { firstName: string; lastName: string } {
  const random = new Random(`name ${seed}`)
  return { firstName: random.pick(FIRST_NAMES), lastName: random.pick(LAST_NAMES) }
}

/** In lower case, as Clerk keeps them; different for each. */
export function emailOf(seed: string, n = 0): string {
  const { firstName, lastName } = nameOf(seed)
  const suffix = new Random(`email ${n} ${seed}`).text(10)
  return `${firstName}.${lastName}.${suffix}@example.com`.toLowerCase()
}
