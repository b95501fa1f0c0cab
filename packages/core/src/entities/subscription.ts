import {
  PAYER_ID,
  PAYER_OWNERS,
  type PayerFields,
  type PayerJSON,
  payerFields,
  payerFromApi,
  sampleItem,
  samplePayer,
  samplePayingOrganization,
  subscriptionPath,
} from './billing.ts'
import type { BillingSubscriptionWebhookEventJSON } from './clerk-types.gen.ts'
import { defineEntity, type EntityRequest, type OwnerName, type Snapshot } from './define-entity.ts'
import { date, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

/**
 * What a user or an organization is subscribed to as a whole: each has one, and its plans are the items. Every payer has one,
 * on the free plan too.
 */
export interface SubscriptionRecord extends PayerFields {
  readonly id: string
  /** As Clerk names it: `active`, `past_due`, `canceled`, `ended`, `abandoned`, `incomplete`, `upcoming`, `expired`. */
  readonly status: string
  /** Clerk's `active_at`. */
  readonly activeAt: Date | null
  /** Clerk's `past_due_at`. */
  readonly pastDueAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'commerce_subscription',
  id: 'csub_sample',
  status: 'active',
  payer_id: samplePayer.id,
  payer: samplePayer,
  payment_source_id: 'cps_sample',
  latest_payment_id: 'cpa_sample',
  active_at: SAMPLE_TIME_MS,
  canceled_at: SAMPLE_TIME_MS,
  ended_at: SAMPLE_TIME_MS,
  past_due_at: SAMPLE_TIME_MS,
  items: [sampleItem],
  ...sampleTimes,
}

export const subscription = defineEntity({
  name: 'subscription',
  table: 'subscriptions',
  events: {
    'subscription.created': 0,
    'subscription.updated': 1,
    'subscription.active': 1,
    'subscription.pastDue': 1,
  },
  deleteCarries: 'nothing',
  requires: [['status'], PAYER_ID],
  toRecord: subscriptionRecord,
  values: {
    status: ['active', 'past_due', 'canceled', 'ended', 'abandoned', 'incomplete', 'upcoming', 'expired'],
  },
  // There is no list of subscriptions. That of their items names all who have one.
  list: {
    path: '/billing/subscription_items',
    query: { include_free: 'true', paginated: 'true' },
    paging: 'offset',
    newestFirst: true,
    each: subscriptionOfPayer,
  },
  proof: {
    owners: PAYER_OWNERS,
    anyOwner: true,
    request: (_, owners) => ({ path: subscriptionPath(owners) }),
    absent: 'replaced',
  },
  fromApi: ({ subscription_items, ...subscription }: SubscriptionOfApi, owners) => ({
    ...subscription,
    items: subscription_items,
    payer: payerFromApi(subscription, owners),
  }),
  samples: {
    full: sample,
    sparse: {
      ...sample,
      payer: samplePayingOrganization,
      active_at: null,
      canceled_at: null,
      ended_at: null,
      past_due_at: null,
      items: [],
    },
  },
})

/** As the Backend API has it. */
interface SubscriptionOfApi {
  readonly payer?: PayerJSON | null
  readonly payer_id?: string
  readonly subscription_items?: unknown
}

/** Whom an item of the list names as its payer. */
function subscriptionOfPayer(item: Snapshot & { readonly payer?: PayerJSON | null }): EntityRequest | undefined {
  const { organizationId, userId } = payerFields({ id: '', ...item.payer })
  const id = organizationId ?? userId
  if (id === null) return undefined
  const owner: OwnerName = organizationId === null ? 'user' : 'organization'
  return { path: subscriptionPath({ [owner]: encodeURIComponent(id) }), gives: 'one', owners: { [owner]: id } }
}

function subscriptionRecord(subscription: BillingSubscriptionWebhookEventJSON): SubscriptionRecord {
  const wire: Wire<BillingSubscriptionWebhookEventJSON> = subscription
  return {
    id: subscription.id,
    status: subscription.status,
    ...payerFields(subscription.payer),
    activeAt: date(wire.active_at),
    pastDueAt: date(wire.past_due_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}
