import type { ClerkEventData } from '@clerk-sync/core'
import { type DeepPartial, isJson, merge } from './merge.ts'
import { makePermission, makeRole } from './objects/access.ts'
import { makePayer, makePaymentAttempt, makeSubscription, makeSubscriptionItem } from './objects/billing.ts'
import { makeInvitation, makeWaitlistEntry } from './objects/invitations.ts'
import type { Json, Origin } from './objects/json.ts'
import { makeEmail, makeSms } from './objects/messages.ts'
import { makeOrganization } from './objects/organization.ts'
import { makeOrganizationMembership, publicUserDataOf } from './objects/organization-membership.ts'
import { makeOrganizationDomain, makeOrganizationInvitation } from './objects/organization-parts.ts'
import { makeSession } from './objects/session.ts'
import { makeEmailAddress, makeExternalAccount, makePhoneNumber, makeUser, makeWeb3Wallet } from './objects/user.ts'
import { SEEDED_AT, type Seed, seedText } from './seed.ts'

/** What Clerk has, by the name that its event types begin with. */
export interface ClerkObjects {
  readonly user: ClerkEventData<'user.created'>
  readonly session: ClerkEventData<'session.created'>
  readonly organization: ClerkEventData<'organization.created'>
  readonly organizationMembership: ClerkEventData<'organizationMembership.created'>
  readonly organizationInvitation: ClerkEventData<'organizationInvitation.created'>
  readonly organizationDomain: ClerkEventData<'organizationDomain.created'>
  readonly role: ClerkEventData<'role.created'>
  readonly permission: ClerkEventData<'permission.created'>
  readonly waitlistEntry: ClerkEventData<'waitlistEntry.created'>
  readonly subscription: ClerkEventData<'subscription.created'>
  readonly subscriptionItem: ClerkEventData<'subscriptionItem.created'>
  readonly paymentAttempt: ClerkEventData<'paymentAttempt.created'>
  readonly email: ClerkEventData<'email.created'>
  readonly sms: ClerkEventData<'sms.created'>
  /** To the application. It is in the Backend API alone: no event tells of it. */
  readonly invitation: NonNullable<ClerkEventData<'waitlistEntry.created'>['invitation']>
}

export type EntityName = keyof ClerkObjects

export interface ObjectOptions {
  /** The same seed, the same object, and related ones of other entities. Without one: the object's id, else random. */
  readonly seed?: Seed
}

const MAKERS: { readonly [Name in EntityName]: (origin: Origin) => Json } = {
  user: makeUser,
  session: makeSession,
  organization: makeOrganization,
  organizationMembership: makeOrganizationMembership,
  organizationInvitation: makeOrganizationInvitation,
  organizationDomain: makeOrganizationDomain,
  role: makeRole,
  permission: makePermission,
  waitlistEntry: makeWaitlistEntry,
  subscription: makeSubscription,
  subscriptionItem: makeSubscriptionItem,
  paymentAttempt: makePaymentAttempt,
  email: makeEmail,
  sms: makeSms,
  invitation: makeInvitation,
}

/**
 * One of Clerk's objects, whole, as Clerk's events have it. What is not given is made up, and related: a session has
 * the user that its `user_id` names.
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

/** The same, untyped. `at` is when it was created, and `updatedAt` when it was changed, unless these are given. */
export function clerkJsonOf(entity: EntityName, given: object, seed: string, at: number, updatedAt = at): Json {
  if (!(entity in MAKERS)) {
    throw new Error(`Clerk has no "${entity}". It has ${Object.keys(MAKERS).join(', ')}.`)
  }
  const { created_at: created }: Json = { ...given }
  const createdAt = typeof created === 'number' ? created : at
  const origin: Origin = { seed, at: createdAt, updatedAt: Math.max(updatedAt, createdAt) }
  const base = related(MAKERS[entity](origin), { ...given }, createdAt)
  return changed(entity, base, given, origin)
}

/** An object with changes. What is new in its lists is completed; a user's primary addresses stay in their lists. */
export function changed(entity: EntityName, had: Json, changes: object, origin: Origin): Json {
  const given: Json = { ...changes }
  const merged = { ...had, ...(merge(had, given, elementsOf(origin)) as Json) }
  if (entity === 'user') return withPrimaries(merged, given)
  if (!isJson(merged.user)) return merged
  return { ...merged, user: withPrimaries(merged.user, isJson(given.user) ? given.user : {}) }
}

/** What is only named by its id is what this id would make by itself; both ways of naming it agree. */
function related(made: Json, given: Json, at: number): Json {
  const base = { ...made }
  const organization = textOf(isJson(given.organization) ? given.organization.id : undefined)
  if (organization !== undefined) base.organization = { ...makeOrganization({ seed: organization, at }) }

  const member = textOf(isJson(given.public_user_data) ? given.public_user_data.user_id : undefined)
  if (member !== undefined) base.public_user_data = publicUserDataOf(makeUser({ seed: member, at }))

  const owner = textOf(given.user_id) ?? textOf(isJson(given.user) ? given.user.id : undefined)
  if (owner !== undefined && 'user_id' in base) base.user_id = owner
  if (owner !== undefined && 'user' in base) base.user = { ...makeUser({ seed: owner, at }), id: owner }

  const payer = textOf(isJson(given.payer) ? given.payer.user_id : undefined)
  if (payer !== undefined) base.payer = makePayer({ seed: payer, at })
  if (isJson(base.payer) && 'payer_id' in base) base.payer_id = base.payer.id
  return base
}

/** What there is more of than in what was made. */
function elementsOf(origin: Origin) {
  return (property: string, n: number): Json | undefined => {
    const another: Origin = { ...origin, seed: `${origin.seed} ${n}` }
    switch (property) {
      case 'email_addresses':
        return makeEmailAddress(origin, n)
      case 'phone_numbers':
        return makePhoneNumber(origin, n)
      case 'web3_wallets':
        return makeWeb3Wallet(origin, n)
      case 'external_accounts':
        return makeExternalAccount(origin, n)
      case 'permissions':
        return makePermission(another)
      case 'items':
      case 'subscription_items':
        return makeSubscriptionItem(another)
      default:
        return undefined
    }
  }
}

const PRIMARIES = [
  ['email_addresses', 'primary_email_address_id'],
  ['phone_numbers', 'primary_phone_number_id'],
  ['web3_wallets', 'primary_web3_wallet_id'],
] as const

/** Where it is not said which is the primary one: the one that was, if it is in the list; else the first. */
function withPrimaries(user: Json, given: Json): Json {
  const whole = { ...user }
  for (const [list, key] of PRIMARIES) {
    const entries: Json[] = Array.isArray(user[list]) ? user[list] : []
    if (given[key] !== undefined || entries.some(({ id }) => id === user[key])) continue
    whole[key] = entries[0]?.id ?? null
  }
  return whole
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
