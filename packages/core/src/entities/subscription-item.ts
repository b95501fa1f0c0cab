import {
  amountOf,
  type MoneyJSON,
  PAYER_ID,
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

/** With what the wire has, and Clerk's types of events lack. */
export interface SubscriptionItemJSON extends BillingSubscriptionItemWebhookEventJSON {
  readonly interval?: string
  readonly seats?: { readonly quantity?: number | null }
  readonly is_free_trial?: boolean
  readonly created_at?: number
  readonly updated_at?: number
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
  /** What a period costs, in the currency's minor unit: 2000 is $20.00. 0 for a free plan. `amount`, or the plan's for a month. */
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
  /** Clerk's `canceled_at`. */
  readonly canceledAt: Date | null
  /** Clerk's `past_due_at`. */
  readonly pastDueAt: Date | null
  /** The Backend API has neither time of an item of a free plan. */
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

// No id of the subscription: the Backend API's items have none. A payer has one subscription.

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
  proof: { absent: 'unlisted' },
  fromApi: (item: SubscriptionItemOfApi) => ({
    ...item,
    plan: item.plan && { ...item.plan, amount: item.plan.fee?.amount, currency: item.plan.fee?.currency },
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
      amount: null,
      seats: undefined,
      period_end: null,
      canceled_at: null,
      past_due_at: null,
    },
  },
})

/** As the Backend API has it. */
interface SubscriptionItemOfApi {
  readonly payer?: PayerJSON | null
  readonly payer_id?: string
  readonly plan?: { readonly fee?: MoneyJSON | null } | null
  readonly lifetime_paid?: MoneyJSON | null
  readonly next_payment?: { readonly amount?: MoneyJSON | null; readonly date?: number | null } | null
}

function subscriptionItemRecord(item: SubscriptionItemJSON): SubscriptionItemRecord {
  const wire: Wire<SubscriptionItemJSON> = item
  const { plan, amount } = wire
  const planPeriod = wire.plan_period || wire.interval || null
  // A plan names its price for a month; what an item for a year costs is in its own amount alone.
  const price = planPeriod === 'annual' ? null : amountOf(plan)
  return {
    id: item.id,
    status: item.status,
    ...payerFields(item.payer as PayerJSON),
    planId: wire.plan_id || null,
    planSlug: plan?.slug || null,
    planName: plan?.name || null,
    planPeriod,
    amount: amountOf(amount) ?? price,
    currency: amount?.currency || plan?.currency || null,
    seats: wire.seats?.quantity ?? null,
    isFreeTrial: wire.is_free_trial ?? false,
    periodStart: date(wire.period_start),
    periodEnd: date(wire.period_end),
    canceledAt: date(wire.canceled_at),
    pastDueAt: date(wire.past_due_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}
