// billing/plans-of.ts
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { plans, subscriptionItems } from '../../fixtures/tables/billing/postgres.ts'

/** Of each plan that the user is on. */
export function plansOf(db: NodePgDatabase, userId: string) {
  const { status, periodEnd } = subscriptionItems
  const lasts = or(eq(status, 'active'), and(eq(status, 'canceled'), gt(periodEnd, sql`now()`)))
  return db
    .select({ plan: plans.slug, projectLimit: plans.projectLimit })
    .from(subscriptionItems)
    .innerJoin(plans, eq(plans.slug, subscriptionItems.planSlug))
    .where(and(eq(subscriptionItems.userId, userId), lasts, isNull(subscriptionItems.deletedAt)))
}
