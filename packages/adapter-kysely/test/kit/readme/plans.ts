// plans.ts
import { liveMembership, type SyncColumns } from '@clerk-sync/adapter-kysely'
import type { Generated, Kysely } from 'kysely'

interface RoleTable extends SyncColumns {
  id: string
  key: string | null // org:admin: what a membership's role says
  name: string | null
  permissions: string[] | null // ["org:posts:read"]
}

interface PermissionTable extends SyncColumns {
  id: string
  key: string | null // org:posts:read
  name: string | null
  description: string | null
}

interface WaitlistEntryTable extends SyncColumns {
  id: string
  email: string
  status: string // pending, invited, completed, rejected
}

// A user or an organization.
interface PayerColumns {
  payer_id: string
  user_id: string | null
  organization_id: string | null
}

interface SubscriptionTable extends SyncColumns, PayerColumns {
  id: string
  status: string // active, past_due
  active_at: Date | null
}

interface SubscriptionItemTable extends SyncColumns, PayerColumns {
  id: string
  status: string // active, canceled, past_due, upcoming, ended, abandoned, incomplete, expired
  plan_slug: string | null
  plan_period: string | null // month, annual
  amount: number | null // in the currency's minor unit: 2000 is $20.00
  currency: string | null
  is_free_trial: Generated<boolean>
  period_end: Date | null
}

interface PaymentAttemptTable extends SyncColumns, PayerColumns {
  id: string
  status: string // pending, paid, failed
  amount: number | null // in the currency's minor unit, with taxes
  currency: string | null
  paid_at: Date | null
}

export interface PlanTables {
  users: SyncColumns & { id: string }
  organizations: SyncColumns & { id: string; name: string | null }
  organization_memberships: SyncColumns & { id: string; organization_id: string; user_id: string; role: string }
  roles: RoleTable
  permissions: PermissionTable
  waitlist_entries: WaitlistEntryTable
  subscriptions: SubscriptionTable
  subscription_items: SubscriptionItemTable
  payment_attempts: PaymentAttemptTable
}

/** What `kyselyAdapter` is given for them. */
export const planTables = {
  users: { table: 'users', columns: [] },
  organizations: { table: 'organizations', columns: ['name'] },
  organizationMemberships: { table: 'organization_memberships', columns: ['organization_id', 'user_id', 'role'] },
  roles: { table: 'roles', columns: ['key', 'name', 'permissions'], json: ['permissions'] },
  permissions: { table: 'permissions', columns: ['key', 'name', 'description'] },
  waitlistEntries: { table: 'waitlist_entries', columns: ['email', 'status'] },
  subscriptions: {
    table: 'subscriptions',
    columns: ['payer_id', 'user_id', 'organization_id', 'status', 'active_at'],
  },
  subscriptionItems: {
    table: 'subscription_items',
    columns: [
      ...['payer_id', 'user_id', 'organization_id', 'status', 'plan_slug', 'plan_period'],
      ...['amount', 'currency', 'is_free_trial', 'period_end'],
    ],
    defaults: { is_free_trial: false },
  },
  paymentAttempts: {
    table: 'payment_attempts',
    columns: ['payer_id', 'user_id', 'organization_id', 'status', 'amount', 'currency', 'paid_at'],
  },
} as const

/** Whether who pays is on a plan: a canceled one lasts until its period ends. */
export async function isOnPlan(
  db: Kysely<PlanTables>,
  payer: { readonly userId: string } | { readonly organizationId: string },
  planSlug: string,
): Promise<boolean> {
  const found = await db
    .selectFrom('subscription_items')
    .select('id')
    .where((eb) =>
      'userId' in payer ? eb('user_id', '=', payer.userId) : eb('organization_id', '=', payer.organizationId),
    )
    .where('plan_slug', '=', planSlug)
    .where((eb) =>
      eb.or([eb('status', '=', 'active'), eb.and([eb('status', '=', 'canceled'), eb('period_end', '>', new Date())])]),
    )
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return found !== undefined
}

/** The role that a user has in an organization, with what it permits; undefined for who is no member. */
export function roleOf(db: Kysely<PlanTables>, organizationId: string, userId: string) {
  const { organizationMemberships: memberships, users, organizations } = planTables
  return db
    .selectFrom('organization_memberships')
    .leftJoin('roles', (join) =>
      join.onRef('roles.key', '=', 'organization_memberships.role').on('roles.deleted_at', 'is', null),
    )
    .select(['organization_memberships.role', 'roles.name', 'roles.permissions'])
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where(liveMembership(db, { memberships, users, organizations }))
    .executeTakeFirst()
}
