import type { Owners } from './define-entity.ts'
import { SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

// What the entities of billing share. The Backend API's shapes of them are not those of their events, and Clerk's types do not
// know all of either: the records hold what both have, so that a row does not depend on which of the two came last.

/** Whoever pays, of whom Clerk sends `''` for what it is not. */
export interface PayerJSON {
  readonly id: string
  readonly user_id?: string
  readonly organization_id?: string
}

/** The fields of a record that say who pays. */
export interface PayerFields {
  /** Clerk's id of whoever pays, `cpayer_…`: `payer.id`. */
  readonly payerId: string
  /** The user who pays: `payer.user_id`. Null where an organization does. */
  readonly userId: string | null
  /** The organization that pays: `payer.organization_id`. Null where a user does. */
  readonly organizationId: string | null
}

export interface MoneyJSON {
  readonly amount: number
  readonly currency: string
}

/** The paths of a snapshot to the ids of its payer. */
export const PAYER_OWNERS = { user: ['payer', 'user_id'], organization: ['payer', 'organization_id'] }

export const PAYER_ID: readonly string[] = ['payer', 'id']

export function payerFields(payer: PayerJSON): PayerFields {
  const organizationId = payer.organization_id || null
  return { payerId: payer.id, userId: (organizationId === null && payer.user_id) || null, organizationId }
}

/** What the Backend API says of whoever pays, in an event's shape: nothing where it does not say who that is. */
export function payerFromApi(
  { payer, payer_id }: { readonly payer?: PayerJSON | null; readonly payer_id?: string | null },
  { user, organization }: Owners = {},
): object {
  const { user_id, organization_id }: Partial<PayerJSON> = payer ?? {}
  const [ofUser, ofOrganization] = [user ?? user_id, organization ?? organization_id]
  if (!ofUser && !ofOrganization) return {}
  return { ...payer, id: payer?.id ?? payer_id, user_id: ofUser, organization_id: ofOrganization }
}

/** Where the Backend API has the subscription of whoever pays. The ids are those of a URL. */
export function subscriptionPath({ user, organization }: Owners): string {
  return `/${organization ? `organizations/${organization}` : `users/${user}`}/billing/subscription`
}

export function amountOf(money: Wire<MoneyJSON> | null | undefined): number | null {
  return typeof money?.amount === 'number' ? money.amount : null
}

export const samplePayer = {
  object: 'commerce_payer',
  id: 'cpayer_sample',
  user_id: 'user_sample',
  organization_id: '',
  first_name: 'Sample',
  last_name: 'User',
  email: 'sample@example.com',
  image_url: 'https://img.clerk.com/sample',
  ...sampleTimes,
}

/** Of an organization. */
export const samplePayingOrganization = { ...samplePayer, user_id: '', organization_id: 'org_sample' }

export function sampleMoney(amount: number) {
  return { amount, amount_formatted: `$${amount / 100}`, currency: 'USD', currency_symbol: '$' }
}

export const sampleItem = {
  object: 'commerce_subscription_item',
  id: 'csub_item_sample',
  status: 'active',
  plan_id: 'cplan_sample',
  plan: {
    id: 'cplan_sample',
    name: 'Sample',
    slug: 'sample',
    amount: 2000,
    annual_monthly_amount: 1800,
    currency: 'USD',
    is_default: false,
    is_recurring: true,
  },
  plan_period: 'month',
  is_free_trial: false,
  amount: sampleMoney(2000),
  seats: { quantity: 5 },
  period_start: SAMPLE_TIME_MS,
  period_end: SAMPLE_TIME_MS,
  canceled_at: SAMPLE_TIME_MS,
  past_due_at: SAMPLE_TIME_MS,
  ...sampleTimes,
}
