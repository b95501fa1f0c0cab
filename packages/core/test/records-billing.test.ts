import { describe, expect, test } from 'vitest'
import { entities } from '../src/entities/all-entities.ts'
import { T0 } from './fixtures/payloads.ts'

// The same things as an event has them and as the Backend API has them, in the shapes of Clerk's documents of both. What
// Clerk's types do not know is on the wire all the same.

const money = (amount: number) => ({
  amount,
  amount_formatted: `$${amount / 100}`,
  currency: 'USD',
  currency_symbol: '$',
})
const payer = {
  object: 'commerce_payer',
  id: 'cpayer_1',
  user_id: 'user_1',
  organization_id: '',
  email: 'ada@example.com',
}
const payerOfApi = { object: 'commerce_payer', id: 'cpayer_1', user_id: 'user_1', organization_id: null }
const times = { created_at: T0, updated_at: T0 + 1 }

/** The record of an event, and of what the Backend API has. */
function recordsOf(
  entity: 'subscription' | 'subscriptionItem' | 'paymentAttempt',
  event: object,
  api: object,
  owners: object = {},
) {
  const { toRecord, fromApi } = entities[entity]
  return [event, fromApi?.(api, owners)].map((json) => toRecord(json as never))
}

describe('a subscription', () => {
  const both = { id: 'csub_1', status: 'past_due', payer_id: 'cpayer_1', active_at: T0, past_due_at: T0 + 2, ...times }
  const event = { ...both, payer, payment_source_id: 'cps_1', latest_payment_id: 'cpa_1', canceled_at: null, items: [] }
  const api = { ...both, instance_id: 'ins_1', subscription_items: [], eligible_for_free_trial: false }

  test('is the same from both: the Backend API gives it to whom it is of, and does not say who that is', () => {
    const [sent, read] = recordsOf('subscription', event, api, { user: 'user_1' })
    expect(sent).toEqual({
      id: 'csub_1',
      status: 'past_due',
      payerId: 'cpayer_1',
      userId: 'user_1',
      organizationId: null,
      activeAt: new Date(T0),
      pastDueAt: new Date(T0 + 2),
      createdAt: new Date(T0),
      updatedAt: new Date(T0 + 1),
    })
    expect(read).toEqual(sent)
  })

  test('of an organization has no user, whoever pays for it', () => {
    const ofOrganization = { ...event, payer: { ...payer, organization_id: 'org_1' } }
    const [sent, read] = recordsOf('subscription', ofOrganization, api, { organization: 'org_1' })
    expect(sent).toMatchObject({ userId: null, organizationId: 'org_1' })
    expect(read).toEqual(sent)
  })
})

describe('a subscription item', () => {
  const both = {
    id: 'csub_item_1',
    status: 'active',
    plan_id: 'cplan_1',
    is_free_trial: true,
    period_start: T0,
    period_end: T0 + 9,
    seats: { quantity: 5 },
  }
  const plan = { id: 'cplan_1', name: 'Pro', slug: 'pro', is_recurring: true }
  /** As the examples of Clerk's events have it. */
  const event = {
    ...both,
    ...times,
    interval: 'month',
    plan: { ...plan, amount: 2000, currency: 'USD', annual_monthly_amount: 1800 },
    payer,
    subscription_id: 'csub_1',
  }
  /** As Clerk's document of the Backend API has it. */
  const api = {
    ...both,
    ...times,
    instance_id: 'ins_1',
    price_id: 'cprice_1',
    plan_period: 'month',
    plan: { ...plan, fee: money(2000), annual_fee: money(21_600), annual_monthly_fee: money(1800) },
    payer_id: 'cpayer_1',
    payer: payerOfApi,
    lifetime_paid: money(4000),
    next_payment: { amount: money(2000), date: T0 + 9 },
    canceled_at: T0 + 3,
    past_due_at: T0 + 4,
    ended_at: null,
  }

  test('is the same from both', () => {
    const [sent, read] = recordsOf('subscriptionItem', event, api)
    expect(sent).toEqual({
      id: 'csub_item_1',
      status: 'active',
      payerId: 'cpayer_1',
      userId: 'user_1',
      organizationId: null,
      planId: 'cplan_1',
      planSlug: 'pro',
      planName: 'Pro',
      planPeriod: 'month',
      amount: 2000,
      currency: 'USD',
      seats: 5,
      isFreeTrial: true,
      periodStart: new Date(T0),
      periodEnd: new Date(T0 + 9),
    })
    expect(read).toEqual(sent)
  })

  /** As Clerk's types of events have it, with what the Backend API lacks. */
  const typed = {
    ...event,
    interval: undefined,
    plan_period: 'month',
    amount: money(1500),
    credit: { amount: money(500) },
    canceled_at: T0 + 5,
    past_due_at: T0 + 5,
    proration_date: '2026-01-01',
  }

  test.each([
    ['a month', 'month', 2000],
    ['twelve months of a year', 'annual', 21_600],
  ])('costs what the plan does for %s, whatever else says of an amount', (_, period, amount) => {
    const read = { ...api, plan_period: period }
    for (const sent of [
      { ...event, interval: period },
      { ...typed, plan_period: period },
    ]) {
      for (const one of recordsOf('subscriptionItem', sent, read)) {
        expect(one).toMatchObject({ planPeriod: period, amount, currency: 'USD' })
      }
      // Where the types have an amount of the Backend API's too.
      const [own, other] = recordsOf('subscriptionItem', sent, { ...read, amount: money(1) })
      expect(other).toEqual(own)
    }
  })

  test('of a plan that is sold by the year alone has its price and currency from it', () => {
    const sent = { ...event, interval: 'annual', plan: { ...event.plan, amount: 0 } }
    const [own, read] = recordsOf('subscriptionItem', sent, {
      ...api,
      plan_period: 'annual',
      plan: { ...api.plan, fee: null },
    })
    expect(own).toMatchObject({ amount: 21_600, currency: 'USD' })
    expect(read).toEqual(own)
  })

  test('of a free plan is the same from both, though the Backend API gives it no time', () => {
    const { created_at, updated_at, ...timeless } = api
    const free = { period_end: null, seats: undefined }
    const [sent, read] = recordsOf(
      'subscriptionItem',
      { ...event, ...free, plan: { ...plan, amount: 0, currency: 'USD' } },
      { ...timeless, ...free, plan: { ...plan, fee: money(0), annual_fee: null, annual_monthly_fee: null } },
    )
    expect(sent).toMatchObject({ periodEnd: null, seats: null, amount: 0, currency: 'USD' })
    expect(read).toEqual(sent)
  })

  test('without a plan is one all the same, of which no price is known', () => {
    const [sent, read] = recordsOf('subscriptionItem', { ...typed, plan: null }, { ...api, plan: null })
    expect(sent).toMatchObject({ id: 'csub_item_1', planSlug: null, amount: null, currency: null })
    expect(read).toEqual(sent)
  })
})

describe('a payment attempt', () => {
  const both = {
    id: 'pa_1',
    payment_id: 'cpa_1',
    statement_id: 'stmt_1',
    gateway_external_id: 'pi_1',
    status: 'failed',
    charge_type: 'recurring',
    paid_at: null,
    failed_at: T0 + 4,
    ...times,
  }
  const card = { id: 'cps_1', card_type: 'visa', last4: '4242' }
  const event = {
    ...both,
    billing_date: T0,
    failed_reason: { code: 'card_declined', decline_code: 'generic_decline' },
    payee: { id: 'cpayee_1' },
    payer: { id: 'cpayer_1', user_id: 'user_1', email: 'ada@example.com' },
    payment_source: card,
    subscription_items: [{ id: 'csub_item_1' }],
    totals: { subtotal: money(2000), tax_total: money(200), grand_total: money(2200) },
  }
  const api = {
    ...both,
    payee_id: 'cpayee_1',
    payer_id: 'cpayer_1',
    payer: payerOfApi,
    amount: money(2200),
    payment_method_id: 'cps_1',
    payment_method: card,
    subscription_item_id: 'csub_item_1',
    subscription_item: { id: 'csub_item_1' },
  }

  test('is the same from both', () => {
    const [sent, read] = recordsOf('paymentAttempt', event, api)
    expect(sent).toEqual({
      id: 'pa_1',
      paymentId: 'cpa_1',
      statementId: 'stmt_1',
      status: 'failed',
      payerId: 'cpayer_1',
      userId: 'user_1',
      organizationId: null,
      chargeType: 'recurring',
      amount: 2200,
      currency: 'USD',
      cardType: 'visa',
      last4: '4242',
      gatewayExternalId: 'pi_1',
      paidAt: null,
      failedAt: new Date(T0 + 4),
      createdAt: new Date(T0),
      updatedAt: new Date(T0 + 1),
    })
    expect(read).toEqual(sent)
  })

  test('without a card is one all the same', () => {
    const [sent, read] = recordsOf(
      'paymentAttempt',
      { ...event, payment_source: undefined },
      { ...api, payment_method: null },
    )
    expect(sent).toMatchObject({ amount: 2200, cardType: null, last4: null })
    expect(read).toEqual(sent)
  })
})

test('a role names its permissions by their keys, in one order', () => {
  const permissions = ['org:posts:write', 'org:posts:read'].map((key) => ({ id: `perm_${key}`, key }))
  const role = {
    id: 'role_1',
    key: 'org:editor',
    name: 'Editor',
    description: null,
    permissions,
    is_creator_eligible: true,
    ...times,
  }
  expect(entities.role.toRecord(role as never)).toEqual({
    id: 'role_1',
    key: 'org:editor',
    name: 'Editor',
    description: null,
    permissions: ['org:posts:read', 'org:posts:write'],
    isCreatorEligible: true,
    createdAt: new Date(T0),
    updatedAt: new Date(T0 + 1),
  })
})

test('a permission', () => {
  const permission = {
    id: 'perm_1',
    key: 'org:posts:read',
    name: 'Read posts',
    description: '',
    type: 'custom',
    ...times,
  }
  expect(entities.permission.toRecord(permission as never)).toEqual({
    id: 'perm_1',
    key: 'org:posts:read',
    name: 'Read posts',
    description: null,
    createdAt: new Date(T0),
    updatedAt: new Date(T0 + 1),
  })
})

test('an entry of the waitlist names the invitation that was sent', () => {
  const entry = {
    id: 'wle_1',
    email_address: 'ada@example.com',
    status: 'pending',
    invitation: null,
    is_locked: false,
    ...times,
  }
  const expected = {
    id: 'wle_1',
    email: 'ada@example.com',
    status: 'pending',
    invitationId: null,
    isLocked: false,
    createdAt: new Date(T0),
    updatedAt: new Date(T0 + 1),
  }
  expect(entities.waitlistEntry.toRecord(entry as never)).toEqual(expected)
  const invited = { ...entry, status: 'invited', invitation: { id: 'inv_1' } }
  expect(entities.waitlistEntry.toRecord(invited as never)).toEqual({
    ...expected,
    status: 'invited',
    invitationId: 'inv_1',
  })
})
