import { and, eq, gt, or, sql } from 'drizzle-orm'
import {
  subscriptionItems as items,
  organizationMemberships as members,
  organizations,
  users,
} from '../../fixtures/tables/readme/postgres.ts'
import { db } from './db.ts'

/** Which role does this user have here? */
export const roleOf = (userId: string, organizationId: string) =>
  db
    .select({ role: members.role })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(organizations, eq(organizations.id, members.organizationId))
    .where(and(eq(members.userId, userId), eq(members.organizationId, organizationId)))

/** Which plans is this organization on? A canceled one lasts until its period ends. */
const lasts = or(eq(items.status, 'active'), and(eq(items.status, 'canceled'), gt(items.periodEnd, sql`now()`)))
export const plansOf = (organizationId: string) =>
  db
    .select({ plan: items.planSlug })
    .from(items)
    .where(and(eq(items.organizationId, organizationId), lasts))
