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
    canceled_at: T0 + 3,
    past_due_at: null,
    seats: { quantity: 5 },
    ...times,
  }
  const plan = { id: 'cplan_1', name: 'Pro', slug: 'pro', is_recurring: true }
  const event = {
    ...both,
    interval: 'month',
    plan: { ...plan, amount: 2000, currency: 'USD' },
    payer,
    subscription_id: 'csub_1',
  }
  const api = {
    ...both,
    plan_period: 'month',
    plan: { ...plan, fee: money(2000), annual_fee: money(21_600), annual_monthly_fee: money(1800) },
    payer_id: 'cpayer_1',
    payer: payerOfApi,
    lifetime_paid: money(4000),
    next_payment: { amount: money(2000), date: T0 + 9 },
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
      canceledAt: new Date(T0 + 3),
      pastDueAt: null,
      createdAt: new Date(T0),
      updatedAt: new Date(T0 + 1),
    })
    expect(read).toEqual(sent)
  })

  test.each([
    ['its own amount, where it has one', { plan_period: 'annual', amount: money(21_600) }, 21_600],
    ['not the price of a month, where a year was bought', { plan_period: 'annual', amount: undefined }, null],
    ['0 for a free plan', { amount: money(0) }, 0],
  ])('costs %s', (_, differs, amount) => {
    const [sent, read] = recordsOf('subscriptionItem', { ...event, ...differs }, { ...api, ...differs })
    expect(sent).toMatchObject({ amount, currency: 'USD' })
    expect(read).toEqual(sent)
  })

  test('of a free plan has no time and no end in the Backend API', () => {
    const { created_at, updated_at, ...timeless } = api
    const [, read] = recordsOf('subscriptionItem', event, {
      ...timeless,
      period_end: null,
      plan: { ...plan, fee: null },
    })
    expect(read).toMatchObject({ createdAt: null, updatedAt: null, periodEnd: null, amount: null, currency: null })
  })

  test('without a plan is one all the same', () => {
    const [sent, read] = recordsOf('subscriptionItem', { ...event, plan: null }, { ...api, plan: null })
    expect(sent).toMatchObject({ id: 'csub_item_1', planSlug: null, amount: null })
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

test('a role names its permissions by their keys', () => {
  const permissions = [{ id: 'perm_1', key: 'org:posts:read' }]
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
    permissions: ['org:posts:read'],
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
