// What Clerk has, and the events by which it tells: for the story, and for the tests.
import { randomBytes } from 'node:crypto'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent } from '@clerk-sync/testing'

const DAY_MS = 86_400_000

export interface Person {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly slug: string
}

export interface Role {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly permissions: readonly string[]
}

/** A plan that an organization has: its amount is in the currency's minor unit. */
export interface Item {
  readonly id: string
  readonly organization: Organization
  readonly plan: { readonly name: string; readonly amount: number; readonly currency: string }
  readonly period?: 'month' | 'annual'
}

/** New ones at each run: Clerk never uses an id again. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}

export function userCreated({ id, firstName, lastName, email }: Person, timestamp: number): ClerkEvent {
  const data = { id, first_name: firstName, last_name: lastName, email_addresses: [{ email_address: email }] }
  return clerkEvent('user.created', data, { timestamp })
}

export function roleCreated({ id, key, name, permissions }: Role, timestamp: number): ClerkEvent {
  const data = { id, key, name, permissions: permissions.map((key) => ({ key })) }
  return clerkEvent('role.created', data, { timestamp })
}

export function organizationCreated({ id, name, slug }: Organization, timestamp: number): ClerkEvent {
  return clerkEvent('organization.created', { id, name, slug }, { timestamp })
}

export interface Membership {
  readonly id: string
  readonly organization: Organization
  readonly person: Person
  readonly role: Role
  readonly since: number
}

export function membership(
  verb: 'created' | 'updated' | 'deleted',
  { id, organization, person, role, since }: Membership,
  timestamp: number,
): ClerkEvent {
  const data = {
    id,
    role: role.key,
    organization: { id: organization.id, name: organization.name, slug: organization.slug },
    public_user_data: { user_id: person.id, first_name: person.firstName, last_name: person.lastName },
    created_at: since,
  }
  return clerkEvent(`organizationMembership.${verb}`, data, { timestamp })
}

export interface Invitation {
  readonly id: string
  readonly organization: Organization
  readonly email: string
  readonly role: Role
  readonly since: number
}

export function invitation(
  verb: 'created' | 'accepted' | 'revoked',
  { id, organization, email, role, since }: Invitation,
  timestamp: number,
): ClerkEvent {
  const data = {
    id,
    organization_id: organization.id,
    email_address: email,
    role: role.key,
    created_at: since,
    expires_at: since + 30 * DAY_MS,
  }
  return clerkEvent(`organizationInvitation.${verb}`, data, { timestamp })
}

/** A free plan has no end. */
export function subscriptionItem(
  verb: 'active' | 'canceled' | 'ended' | 'upcoming',
  { id, organization, plan, period = 'month' }: Item,
  timestamp: number,
): ClerkEvent {
  const data = {
    id,
    plan_id: `cplan_${plan.name.toLowerCase()}`,
    plan: {
      id: `cplan_${plan.name.toLowerCase()}`,
      name: plan.name,
      slug: plan.name.toLowerCase(),
      amount: plan.amount,
      annual_monthly_amount: plan.amount,
      currency: plan.currency,
      is_default: plan.amount === 0,
    },
    plan_period: period,
    payer: { id: `cpayer_${organization.id}`, user_id: '', organization_id: organization.id },
    period_start: timestamp,
    period_end: plan.amount === 0 ? null : timestamp + (period === 'month' ? 30 : 365) * DAY_MS,
  }
  return clerkEvent(`subscriptionItem.${verb}`, data, { timestamp })
}
