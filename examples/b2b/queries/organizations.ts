import { and, asc, eq, sql } from 'drizzle-orm'
import { db } from '@/db'
import { organizationMemberships, organizations, roles, subscriptionItems } from '@/db/schema'
import { dearestFirst, isCurrent } from './current-plan'

/** The organizations that a user is a member of. */
export async function organizationsOf(viewer: string) {
  const { id, name, slug } = organizations
  const plan = db
    .select({ name: subscriptionItems.planName })
    .from(subscriptionItems)
    .where(and(eq(subscriptionItems.organizationId, id), isCurrent))
    .orderBy(dearestFirst)
    .limit(1)
    .as('plan')
  const members = db.$count(organizationMemberships, eq(organizationMemberships.organizationId, id))
  return db
    .select({ id, name, slug, members, role: organizationMemberships.role, roleName: roles.name, plan: plan.name })
    .from(organizationMemberships)
    .innerJoin(organizations, eq(id, organizationMemberships.organizationId))
    .leftJoin(roles, eq(roles.key, organizationMemberships.role))
    .leftJoinLateral(plan, sql`true`)
    .where(eq(organizationMemberships.userId, viewer))
    .orderBy(asc(name), asc(id))
}
