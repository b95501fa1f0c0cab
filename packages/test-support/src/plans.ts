import type { ClerkEvent } from '@clerk-sync/core'
import { event, userEvent } from './events.ts'

// Users and organizations on plans, and members with roles: what is asked of the tables, and what they must answer.

const AT = 1_760_000_000_000
const DAY_MS = 86_400_000

/** Who pays. */
export type Payer = { readonly userId: string } | { readonly organizationId: string }

let items = 0

function item(payer: Payer, slug: string, status: string, periodEnd: number | null): ClerkEvent {
  const [user_id, organization_id] = 'userId' in payer ? [payer.userId, ''] : ['', payer.organizationId]
  return event('subscriptionItem.updated', AT, {
    id: `csub_item_${++items}`,
    status,
    payer: { id: 'cpayer_1', user_id, organization_id },
    plan: { id: `cplan_${slug}`, slug, name: slug, amount: 2000, currency: 'USD' },
    plan_period: 'month',
    period_end: periodEnd,
    updated_at: AT,
  })
}

function member(id: string, user: string, organization: string, role: string): ClerkEvent {
  return event('organizationMembership.created', AT, {
    id,
    role,
    organization: { id: organization },
    public_user_data: { user_id: user },
    updated_at: AT,
  })
}

function role(id: string, key: string, name: string): ClerkEvent {
  return event('role.created', AT, { id, key, name, permissions: [{ key: 'org:posts:read' }], updated_at: AT })
}

const ada = { userId: 'user_ada' }
const acme = { organizationId: 'org_acme' }

/** In an order that foreign keys take. */
export function plansAndRoles(): readonly ClerkEvent[] {
  const [soon, past] = [Date.now() + DAY_MS, Date.now() - DAY_MS]
  return [
    ...['ada', 'bob', 'eve'].map((name) => userEvent('user.created', `user_${name}`, AT)),
    ...['acme', 'gone'].map((name) => event('organization.created', AT, { id: `org_${name}`, name, updated_at: AT })),
    member('orgmem_1', 'user_ada', 'org_acme', 'org:admin'),
    member('orgmem_2', 'user_bob', 'org_acme', 'org:custom'),
    member('orgmem_3', 'user_ada', 'org_gone', 'org:admin'),
    event('organization.deleted', AT + 1, { id: 'org_gone', object: 'organization', deleted: true }),
    role('role_1', 'org:admin', 'Admin'),
    role('role_2', 'org:former', 'Former'),
    event('role.deleted', AT + 1, { id: 'role_2', object: 'role', deleted: true }),
    item(ada, 'free', 'active', null),
    item(ada, 'pro', 'canceled', soon),
    item(ada, 'max', 'canceled', past),
    item(ada, 'late', 'past_due', past),
    item(ada, 'next', 'upcoming', soon),
    item(acme, 'team', 'active', soon),
    item(acme, 'small', 'ended', past),
  ]
}

/** Whether who pays is on a plan. */
export const ON_PLAN: readonly (readonly [Payer, plan: string, is: boolean])[] = [
  [ada, 'free', true],
  [ada, 'pro', true],
  [ada, 'max', false],
  [ada, 'late', false],
  [ada, 'next', false],
  [ada, 'team', false],
  [{ userId: 'user_bob' }, 'free', false],
  [acme, 'team', true],
  [acme, 'small', false],
  [acme, 'free', false],
]

/** Which role a user has in an organization; undefined for who is no member. */
export const ROLES: readonly (readonly [organizationId: string, userId: string, role: object | undefined])[] = [
  ['org_acme', 'user_ada', { role: 'org:admin', name: 'Admin', permissions: ['org:posts:read'] }],
  ['org_acme', 'user_bob', { role: 'org:custom', name: null, permissions: null }],
  ['org_acme', 'user_eve', undefined],
  ['org_gone', 'user_ada', undefined],
]
