// Node reads this file as it is, before a build: see entities.ts.
import {
  clerkId,
  date,
  type KitEntities,
  organizationOf,
  ownerOf,
  requiredClerkId,
  requiredText,
  text,
} from './kit-entity.ts'

const payerColumns = { payerId: requiredClerkId, userId: clerkId, organizationId: clerkId } as const

export const BILLING_ENTITIES = {
  subscription: {
    table: 'subscriptions',
    columns: { ...payerColumns, status: requiredText, activeAt: date },
    events: {
      created: ['subscription.created', 0],
      updated: ['subscription.updated', 1],
      deleted: ['subscription.pastDue', 1],
    },
    deleteCarries: 'nothing',
    data: (key, { name, date, flag }) => ({ payer: payerOf(key, flag), status: name ?? 'active', active_at: date }),
    values: (key, { name, date, flag }) => ({ ...payerValues(key, flag), status: name ?? 'active', activeAt: date }),
  },
  subscriptionItem: {
    table: 'subscriptionItems',
    columns: {
      ...payerColumns,
      status: requiredText,
      planSlug: text,
      amount: { kind: 'integer' },
      currency: text,
      periodEnd: date,
    },
    events: {
      created: ['subscriptionItem.created', 0],
      updated: ['subscriptionItem.updated', 1],
      deleted: ['subscriptionItem.ended', 2],
    },
    deleteCarries: 'nothing',
    data: (key, { email, name, date, flag }) => ({
      payer: payerOf(key, flag),
      status: name ?? 'active',
      plan: { slug: email, amount: flag ? 2000 : 0, currency: 'USD' },
      period_end: date,
    }),
    values: (key, { email, name, date, flag }) => ({
      ...payerValues(key, flag),
      status: name ?? 'active',
      planSlug: email,
      amount: flag ? 2000 : 0,
      currency: 'USD',
      periodEnd: date,
    }),
  },
  paymentAttempt: {
    table: 'paymentAttempts',
    columns: { ...payerColumns, status: requiredText, amount: { kind: 'integer' }, currency: text, paidAt: date },
    events: {
      created: ['paymentAttempt.created', 0],
      updated: ['paymentAttempt.updated', 1],
      deleted: ['paymentAttempt.updated', 1],
    },
    deleteCarries: 'nothing',
    data: (key, { email, name, date, flag }) => ({
      payer: payerOf(key, flag),
      status: name ?? 'pending',
      ...(email !== null && { totals: { grand_total: { amount: 2200, currency: email } } }),
      paid_at: date,
    }),
    values: (key, { email, name, date, flag }) => ({
      ...payerValues(key, flag),
      status: name ?? 'pending',
      amount: email === null ? null : 2200,
      currency: email,
      paidAt: date,
    }),
  },
} as const satisfies KitEntities

/** Who pays for an entity of the kit: its organization or its user. Clerk sends `''` for the other. */
function payerOf(key: string, isOrganization: boolean): object {
  const [user_id, organization_id] = isOrganization ? ['', organizationOf(key)] : [ownerOf(key), '']
  return { id: `cpayer_of_${key}`, user_id, organization_id }
}

function payerValues(key: string, isOrganization: boolean) {
  return {
    payerId: `cpayer_of_${key}`,
    userId: isOrganization ? null : ownerOf(key),
    organizationId: isOrganization ? organizationOf(key) : null,
  }
}
