import {
  amountOf,
  type MoneyJSON,
  PAYER_ID,
  type PayerFields,
  type PayerJSON,
  payerFields,
  payerFromApi,
  sampleItem,
  sampleMoney,
  samplePayer,
  samplePayingOrganization,
} from './billing.ts'
import type { BillingPaymentAttemptWebhookEventJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

/** A try to be paid, at a checkout or when a period is renewed. */
export interface PaymentAttemptRecord extends PayerFields {
  readonly id: string
  /** Clerk's `payment_id`: several attempts may be made at one payment. */
  readonly paymentId: string | null
  /** Clerk's `statement_id`. */
  readonly statementId: string | null
  /** As Clerk names it: `pending`, `paid`, `failed`. */
  readonly status: string
  /** `checkout` or `recurring`: Clerk's `charge_type`. */
  readonly chargeType: string | null
  /** With taxes, in the currency's minor unit: 2200 is $22.00. `totals.grand_total` of an event, `amount` of the Backend API. */
  readonly amount: number | null
  /** Of the amount: `USD`. */
  readonly currency: string | null
  /** `visa`: `card_type` of an event's `payment_source`, or of the Backend API's `payment_method`. */
  readonly cardType: string | null
  /** Of the card: `4242`, from the same place. */
  readonly last4: string | null
  /** The payment's id with whoever moves the money, `pi_…` with Stripe: Clerk's `gateway_external_id`. */
  readonly gatewayExternalId: string | null
  /** Clerk's `paid_at`. */
  readonly paidAt: Date | null
  /** Clerk's `failed_at`. */
  readonly failedAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'commerce_payment_attempt',
  id: 'pa_sample',
  payment_id: 'cpa_sample',
  statement_id: 'stmt_sample',
  gateway_external_id: 'pi_sample',
  status: 'failed',
  charge_type: 'recurring',
  billing_date: SAMPLE_TIME_MS,
  paid_at: SAMPLE_TIME_MS,
  failed_at: SAMPLE_TIME_MS,
  failed_reason: { code: 'card_declined', decline_code: 'generic_decline' },
  payee: { id: 'cpayee_sample', gateway_type: 'stripe', gateway_external_id: 'acct_sample', gateway_status: 'active' },
  payer: samplePayer,
  payment_source: { id: 'cps_sample', gateway: 'stripe', payment_method: 'card', card_type: 'visa', last4: '4242' },
  subscription_items: [sampleItem],
  totals: { subtotal: sampleMoney(2000), tax_total: sampleMoney(200), grand_total: sampleMoney(2200) },
  ...sampleTimes,
}

export const paymentAttempt = defineEntity({
  name: 'paymentAttempt',
  table: 'paymentAttempts',
  events: { 'paymentAttempt.created': 0, 'paymentAttempt.updated': 1 },
  deleteCarries: 'nothing',
  requires: [['status'], PAYER_ID],
  toRecord: paymentAttemptRecord,
  values: { status: ['pending', 'paid', 'failed'], chargeType: ['checkout', 'recurring'] },
  // There is no list of attempts: each is made at a statement.
  list: {
    path: '/billing/statements',
    query: { paginated: 'true' },
    paging: 'offset',
    newestFirst: true,
    each: ({ id }) => ({ path: `/billing/statements/${encodeURIComponent(id)}/payment_attempts`, gives: 'list' }),
  },
  // What was tried stays tried.
  proof: null,
  fromApi: ({ payment_method, subscription_item, amount, ...attempt }: PaymentAttemptOfApi) => ({
    ...attempt,
    payment_source: payment_method,
    subscription_items: subscription_item ? [subscription_item] : [],
    totals: { ...attempt.totals, grand_total: amount },
    payer: payerFromApi(attempt),
  }),
  samples: {
    full: sample,
    sparse: {
      ...sample,
      payer: samplePayingOrganization,
      status: 'pending',
      gateway_external_id: null,
      paid_at: null,
      failed_at: null,
      failed_reason: null,
      payment_source: null,
    },
  },
})

/** As the Backend API has it. */
interface PaymentAttemptOfApi {
  readonly payer?: PayerJSON | null
  readonly payer_id?: string
  readonly payment_method?: object | null
  readonly subscription_item?: object | null
  readonly amount?: MoneyJSON | null
  readonly totals?: object | null
}

function paymentAttemptRecord(attempt: BillingPaymentAttemptWebhookEventJSON): PaymentAttemptRecord {
  const wire: Wire<BillingPaymentAttemptWebhookEventJSON> = attempt
  const total = wire.totals?.grand_total
  return {
    id: attempt.id,
    paymentId: wire.payment_id || null,
    statementId: wire.statement_id || null,
    status: attempt.status,
    ...payerFields(attempt.payer),
    chargeType: wire.charge_type || null,
    amount: amountOf(total),
    currency: total?.currency || null,
    cardType: wire.payment_source?.card_type || null,
    last4: wire.payment_source?.last4 || null,
    gatewayExternalId: wire.gateway_external_id || null,
    paidAt: date(wire.paid_at),
    failedAt: date(wire.failed_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}
