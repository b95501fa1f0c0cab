import type { ClerkEventData } from '@clerk-sync/core'
import { type DeepPartial, isJson, merge } from './merge.ts'
import type { Json, Origin } from './objects/json.ts'
import { makeOrganization } from './objects/organization.ts'
import { makeOrganizationMembership, makePublicUserData } from './objects/organization-membership.ts'
import { makeEmailAddress, makeExternalAccount, makePhoneNumber, makeUser, makeWeb3Wallet } from './objects/user.ts'
import { SEEDED_AT, type Seed, seedText } from './seed.ts'

/** What Clerk has, by the name that its event types begin with. */
export interface ClerkObjects {
  readonly user: ClerkEventData<'user.created'>
  readonly organization: ClerkEventData<'organization.created'>
  readonly organizationMembership: ClerkEventData<'organizationMembership.created'>
}

export type EntityName = keyof ClerkObjects

export interface ObjectOptions {
  /** The same seed, the same object, and related ones of other entities. Without one: the object's id, else random. */
  readonly seed?: Seed
}

const MAKERS: { readonly [Name in EntityName]: (origin: Origin) => Json } = {
  user: makeUser,
  organization: makeOrganization,
  organizationMembership: makeOrganizationMembership,
}

/**
 * One of Clerk's objects, whole, as its Backend API and its events have it. What is not given is made up.
 *
 * @example
 * ```ts
 * import { clerkObject } from '@clerk-sync/testing'
 *
 * const ada = clerkObject('user', { first_name: 'Ada', email_addresses: [{ email_address: 'ada@example.com' }] })
 * ```
 */
export function clerkObject<Name extends EntityName>(
  entity: Name,
  overrides: DeepPartial<ClerkObjects[Name]> = {} as DeepPartial<ClerkObjects[Name]>,
  { seed }: ObjectOptions = {},
): ClerkObjects[Name] {
  const at = seed === undefined ? Date.now() : SEEDED_AT
  return clerkJsonOf(entity, overrides, seedText(seed, overrides), at) as object as ClerkObjects[Name]
}

/** The same, untyped. */
export function clerkJsonOf(entity: EntityName, given: object, seed: string, at: number, updatedAt = at): Json {
  const { created_at: created = at }: Json = { ...given }
  const origin: Origin = {
    seed,
    at: typeof created === 'number' ? created : at,
    updatedAt: Math.max(updatedAt, typeof created === 'number' ? created : 0),
  }
  const base = { ...MAKERS[entity](origin) }
  relate(base, { ...given }, origin)
  const merged = merge(base, given, elementsOf(origin)) as Json
  return entity === 'user' ? withPrimaries(merged, given) : merged
}

/** An object that is only named by its id is the one that this id would make by itself. */
function relate(base: Json, given: Json, { at }: Origin): void {
  const organization = isJson(given.organization) ? given.organization.id : undefined
  if (typeof organization === 'string') base.organization = { ...makeOrganization({ seed: organization, at }) }
  const user = isJson(given.public_user_data) ? given.public_user_data.user_id : undefined
  if (typeof user === 'string') base.public_user_data = makePublicUserData(user)
}

function elementsOf(origin: Origin) {
  return (property: string, n: number): Json | undefined => {
    switch (property) {
      case 'email_addresses':
        return makeEmailAddress(origin, n)
      case 'phone_numbers':
        return makePhoneNumber(origin, n)
      case 'web3_wallets':
        return makeWeb3Wallet(origin, n)
      case 'external_accounts':
        return makeExternalAccount(origin, n)
      default:
        return undefined
    }
  }
}

/** The first of each list is the primary one, unless it is said which. */
function withPrimaries(user: Json, given: object): Json {
  const primaries: Json = {}
  for (const [list, key] of [
    ['email_addresses', 'primary_email_address_id'],
    ['phone_numbers', 'primary_phone_number_id'],
    ['web3_wallets', 'primary_web3_wallet_id'],
  ] as const) {
    const [first]: Json[] = Array.isArray(user[list]) ? user[list] : []
    primaries[key] = Reflect.get(given, key) === undefined ? (first?.id ?? null) : user[key]
  }
  return { ...user, ...primaries }
}
