import { idOf } from '../random.ts'
import { imageUrl, type Json, type Origin, times } from './json.ts'
import { emailOf, nameOf, userId } from './user.ts'

const MONTH_MS = 30 * 86_400_000
/** In cents. */
const PRICE = 2000

export function money(amount: number): Json {
  const formatted = `$${(amount / 100).toFixed(2)}`
  return { amount, amount_formatted: formatted, currency: 'USD', currency_symbol: '$' }
}

/** The user of the same seed, as who pays. */
export function makePayer(origin: Origin): Json {
  const { seed } = origin
  const { firstName, lastName } = nameOf(seed)
  return {
    object: 'commerce_payer',
    id: idOf('cpayer', seed),
    instance_id: idOf('ins', 'testing'),
    user_id: userId(seed),
    first_name: firstName,
    last_name: lastName,
    email: emailOf(seed),
    organization_id: '',
    organization_name: '',
    image_url: imageUrl(userId(seed)),
    ...times(origin),
  }
}

/** Of the subscription and the payer of the same seed. */
export function makeSubscriptionItem(origin: Origin): Json {
  return { ...itemOf(origin), payer: makePayer({ seed: origin.seed, at: origin.at }) }
}

/** With one item, that of the same seed. */
export function makeSubscription(origin: Origin): Json {
  const { seed, at } = origin
  const payer = makePayer({ seed, at })
  return {
    object: 'commerce_subscription',
    id: idOf('csub', seed),
    status: 'active',
    payer_id: payer.id,
    payer,
    payment_source_id: idOf('cps', seed),
    latest_payment_id: idOf('cpa', seed),
    active_at: at,
    canceled_at: null,
    ended_at: null,
    past_due_at: null,
    items: [itemOf({ seed, at })],
    ...times(origin),
  }
}

/** For the item of the same seed. */
export function makePaymentAttempt(origin: Origin): Json {
  const { seed, at } = origin
  return {
    object: 'commerce_payment_attempt',
    id: idOf('pa', seed),
    instance_id: idOf('ins', 'testing'),
    payment_id: idOf('cpa', seed),
    statement_id: idOf('stmt', seed),
    gateway_external_id: idOf('pi', seed),
    status: 'pending',
    charge_type: 'recurring',
    billing_date: at,
    paid_at: null,
    failed_at: null,
    failed_reason: null,
    payee: {
      id: idOf('cpayee', 'testing'),
      gateway_type: 'stripe',
      gateway_external_id: idOf('acct', 'testing'),
      gateway_status: 'active',
    },
    payer: makePayer({ seed, at }),
    payment_source: {
      id: idOf('cps', seed),
      gateway: 'stripe',
      gateway_external_id: idOf('pm', seed),
      gateway_external_account_id: idOf('acct', 'testing'),
      payment_method: 'card',
      status: 'active',
      card_type: 'visa',
      last4: '4242',
    },
    subscription_items: [itemOf({ seed, at })],
    totals: { subtotal: money(PRICE), tax_total: money(0), grand_total: money(PRICE) },
    ...times(origin),
  }
}

function itemOf(origin: Origin): Json {
  const { seed, at } = origin
  const plan = {
    id: idOf('cplan', 'pro'),
    instance_id: idOf('ins', 'testing'),
    product_id: idOf('cprd', 'testing'),
    name: 'Pro',
    slug: 'pro',
    description: 'For teams',
    is_default: false,
    is_recurring: true,
    amount: PRICE,
    period: 'month',
    interval: 1,
    has_base_fee: true,
    currency: 'USD',
    annual_monthly_amount: 1800,
    publicly_visible: true,
  }
  return {
    object: 'commerce_subscription_item',
    id: idOf('csub_item', seed),
    subscription_id: idOf('csub', seed),
    status: 'active',
    plan,
    plan_id: plan.id,
    plan_period: 'month',
    interval: 'month',
    is_free_trial: false,
    amount: money(PRICE),
    credit: { amount: money(0), cycle_days_remaining: 0, cycle_days_total: 30, cycle_remaining_percent: 0 },
    lifetime_paid: PRICE,
    next_payment_amount: PRICE,
    next_payment_date: at + MONTH_MS,
    period_start: at,
    period_end: at + MONTH_MS,
    proration_date: new Date(at).toISOString().slice(0, 10),
    ...times(origin),
  }
}
