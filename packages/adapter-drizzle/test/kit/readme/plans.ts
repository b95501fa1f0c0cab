// plans.ts
import { liveMembership } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { organizationMemberships, organizations } from './organizations'
import { users } from './schema'

export const roles = pgTable('roles', {
  id: clerkId().primaryKey(),
  key: text(), // org:admin: what a membership's role says
  name: text(),
  permissions: jsonb().$type<string[]>(), // ["org:posts:read"]
  ...syncColumns(),
})

export const permissions = pgTable('permissions', {
  id: clerkId().primaryKey(),
  key: text(), // org:posts:read
  name: text(),
  description: text(),
  ...syncColumns(),
})

export const waitlistEntries = pgTable('waitlist_entries', {
  id: clerkId().primaryKey(),
  email: text().notNull(),
  status: text().notNull(), // pending, invited, completed, rejected
  isLocked: boolean().notNull().default(false),
  ...syncColumns(),
})

// A user or an organization.
const payer = () => ({ payerId: clerkId().notNull(), userId: clerkId(), organizationId: clerkId() })

export const subscriptions = pgTable('subscriptions', {
  id: clerkId().primaryKey(),
  ...payer(),
  status: text().notNull(), // active, past_due
  activeAt: timestamp({ withTimezone: true }),
  pastDueAt: timestamp({ withTimezone: true }),
  ...syncColumns(),
})

export const subscriptionItems = pgTable('subscription_items', {
  id: clerkId().primaryKey(),
  ...payer(),
  status: text().notNull(), // active, canceled, past_due, upcoming, ended, abandoned, incomplete, expired
  planId: clerkId(),
  planSlug: text(),
  planName: text(),
  planPeriod: text(), // month, annual
  amount: bigint({ mode: 'number' }), // in the currency's minor unit: 2000 is $20.00
  currency: text(),
  seats: integer(),
  isFreeTrial: boolean().notNull().default(false),
  periodStart: timestamp({ withTimezone: true }),
  periodEnd: timestamp({ withTimezone: true }),
  ...syncColumns(),
})

export const paymentAttempts = pgTable('payment_attempts', {
  id: clerkId().primaryKey(),
  ...payer(),
  status: text().notNull(), // pending, paid, failed
  chargeType: text(), // checkout, recurring
  amount: bigint({ mode: 'number' }), // in the currency's minor unit, with taxes
  currency: text(),
  paidAt: timestamp({ withTimezone: true }),
  failedAt: timestamp({ withTimezone: true }),
  ...syncColumns(),
})

/** Whether who pays is on a plan: a canceled one lasts until its period ends. */
export async function isOnPlan(
  db: NodePgDatabase,
  payer: { readonly userId: string } | { readonly organizationId: string },
  planSlug: string,
): Promise<boolean> {
  const { status, periodEnd } = subscriptionItems
  const isOf =
    'userId' in payer
      ? eq(subscriptionItems.userId, payer.userId)
      : eq(subscriptionItems.organizationId, payer.organizationId)
  const lasts = or(eq(status, 'active'), and(eq(status, 'canceled'), gt(periodEnd, sql`now()`)))
  const isLive = isNull(subscriptionItems.deletedAt)
  const found = await db
    .select({ id: subscriptionItems.id })
    .from(subscriptionItems)
    .where(and(isOf, eq(subscriptionItems.planSlug, planSlug), lasts, isLive))
    .limit(1)
  return found.length > 0
}

/** The role that a user has in an organization, with what it permits; undefined for who is no member. */
export async function roleOf(db: NodePgDatabase, organizationId: string, userId: string) {
  const isOf = and(
    eq(organizationMemberships.organizationId, organizationId),
    eq(organizationMemberships.userId, userId),
    liveMembership({ memberships: organizationMemberships, users, organizations }),
  )
  const [found] = await db
    .select({ role: organizationMemberships.role, name: roles.name, permissions: roles.permissions })
    .from(organizationMemberships)
    .leftJoin(roles, and(eq(roles.key, organizationMemberships.role), isNull(roles.deletedAt)))
    .where(isOf)
  return found
}
