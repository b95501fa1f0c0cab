import {
  type MoneyJSON,
  PAYER_ID,
  PAYER_OWNERS,
  type PayerFields,
  type PayerJSON,
  payerFields,
  payerFromApi,
  sampleItem,
  samplePayer,
  samplePayingOrganization,
} from './billing.ts'
import type { BillingSubscriptionItemWebhookEventJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, type Wire } from './wire.ts'

type PlanJSON = NonNullable<BillingSubscriptionItemWebhookEventJSON['plan']>

/** With what the wire has, and Clerk's types of events lack. */
export interface SubscriptionItemJSON extends BillingSubscriptionItemWebhookEventJSON {
  readonly interval?: string
  readonly seats?: { readonly quantity?: number | null }
  readonly is_free_trial?: boolean
}

/**
 * A plan that a user or an organization is on, was on, or will be on. The free and the default plan are items like the others;
 * that of the default plan keeps its id.
 */
export interface SubscriptionItemRecord extends PayerFields {
  readonly id: string
  /**
   * As Clerk names it: `active`, `canceled`, `past_due`, `upcoming`, `ended`, `abandoned`, `incomplete`, `expired`. A plan that
   * is `canceled` lasts until `periodEnd`.
   */
  readonly status: string
  /** Clerk's `plan_id`. */
  readonly planId: string | null
  /** How code names the plan: `plan.slug`. */
  readonly planSlug: string | null
  /** How people name the plan: `plan.name`. */
  readonly planName: string | null
  /** `month` or `annual`: Clerk's `plan_period`, or its `interval`. */
  readonly planPeriod: string | null
  /**
   * What the plan costs for a period, in the currency's minor unit: 2000 is $20.00. 0 for a free plan. For a month, the plan's
   * `amount`, or its `fee` in the Backend API; for a year, twelve times its `annual_monthly_amount`, or `annual_monthly_fee`.
   */
  readonly amount: number | null
  /** Of the amount: `USD`. */
  readonly currency: string | null
  /** How many seats were bought: `seats.quantity`. Null where the plan does not count them. */
  readonly seats: number | null
  /** Clerk's `is_free_trial`. */
  readonly isFreeTrial: boolean
  /** Of the current period: Clerk's `period_start`. */
  readonly periodStart: Date | null
  /** Null for a plan without an end, such as a free one: Clerk's `period_end`. */
  readonly periodEnd: Date | null
}

// What one side alone has is in no record. The Backend API's items have no id of their subscription (a payer has one
// subscription), no amount of their own, and those of free plans no `created_at` and `updated_at`; the examples of Clerk's
// events have no `canceled_at` and `past_due_at`.

const sample = { ...sampleItem, payer: samplePayer }

export const subscriptionItem = defineEntity({
  name: 'subscriptionItem',
  table: 'subscriptionItems',
  events: {
    'subscriptionItem.created': 0,
    'subscriptionItem.incomplete': 0,
    'subscriptionItem.upcoming': 0,
    'subscriptionItem.updated': 1,
    'subscriptionItem.active': 1,
    'subscriptionItem.freeTrialEnding': 1,
    'subscriptionItem.canceled': 1,
    'subscriptionItem.pastDue': 1,
    // They end, which outranks a change at the same time.
    'subscriptionItem.ended': 2,
    'subscriptionItem.abandoned': 2,
  },
  deleteCarries: 'nothing',
  requires: [['status'], PAYER_ID],
  toRecord: subscriptionItemRecord,
  values: {
    status: ['active', 'canceled', 'past_due', 'upcoming', 'ended', 'abandoned', 'incomplete', 'expired'],
    planPeriod: ['month', 'annual'],
  },
  list: {
    path: '/billing/subscription_items',
    query: { include_free: 'true', paginated: 'true' },
    paging: 'offset',
    newestFirst: true,
  },
  // Clerk says of `active`, `ended`, `past_due` and `upcoming` items that they are listed, and of no others.
  proof: { owners: PAYER_OWNERS, anyOwner: true, absent: 'unlisted', isPartial: true },
  begins: ['period_start'],
  fromApi: (item: SubscriptionItemOfApi) => ({
    ...item,
    plan: item.plan && planFromApi(item.plan),
    lifetime_paid: item.lifetime_paid?.amount,
    next_payment_amount: item.next_payment?.amount?.amount,
    next_payment_date: item.next_payment?.date,
    payer: payerFromApi(item),
  }),
  samples: {
    full: sample,
    sparse: {
      ...sample,
      payer: samplePayingOrganization,
      plan: null,
      plan_id: null,
      seats: undefined,
      period_end: null,
    },
  },
})

/** As the Backend API has it. */
interface SubscriptionItemOfApi {
  readonly payer?: PayerJSON | null
  readonly payer_id?: string
  readonly plan?: PlanOfApi | null
  readonly lifetime_paid?: MoneyJSON | null
  readonly next_payment?: { readonly amount?: MoneyJSON | null; readonly date?: number | null } | null
}

interface PlanOfApi {
  /** Null for a plan that is sold by the year alone. */
  readonly fee?: MoneyJSON | null
  /** For a month of a year. Null for a plan that is sold by the month alone. */
  readonly annual_monthly_fee?: MoneyJSON | null
}

function planFromApi(plan: PlanOfApi): object {
  const { fee, annual_monthly_fee: annual } = plan
  return { ...plan, amount: fee?.amount, annual_monthly_amount: annual?.amount, currency: (fee ?? annual)?.currency }
}

function subscriptionItemRecord(item: SubscriptionItemJSON): SubscriptionItemRecord {
  const wire: Wire<SubscriptionItemJSON> = item
  const { plan } = wire
  const planPeriod = wire.plan_period || wire.interval || null
  return {
    id: item.id,
    status: item.status,
    ...payerFields(item.payer as PayerJSON),
    planId: wire.plan_id || null,
    planSlug: plan?.slug || null,
    planName: plan?.name || null,
    planPeriod,
    amount: priceOf(plan, planPeriod),
    currency: plan?.currency || null,
    seats: wire.seats?.quantity ?? null,
    isFreeTrial: wire.is_free_trial ?? false,
    periodStart: date(wire.period_start),
    periodEnd: date(wire.period_end),
  }
}

function priceOf(plan: Wire<PlanJSON> | null | undefined, period: string | null): number | null {
  if (period !== 'annual') return plan?.amount ?? null
  return typeof plan?.annual_monthly_amount === 'number' ? 12 * plan.annual_monthly_amount : null
}
