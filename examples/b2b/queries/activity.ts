import { and, desc, eq, notInArray, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Transaction } from '@/db'
import { activity, organizationInvitations, roles, users } from '@/db/schema'

/**
 * What happened lately in an organization, the newest first. What was before each of them is asked of the whole list, by its time:
 * so "from Free to Pro" is right also where the events came the other way round.
 */
export async function activityIn(tx: Transaction, organizationId: string, sees: { readonly invitations: boolean }) {
  const { messageId, happenedAt, kind, subjectId, value } = activity
  const before = sql`over (partition by ${subjectId} order by ${happenedAt}, ${messageId})`
  const all = tx
    .select({
      messageId,
      happenedAt,
      kind,
      subjectId,
      value,
      valueBefore: sql<string | null>`lag(${value}) ${before}`.as('value_before'),
      kindBefore: sql<string | null>`lag(${kind}) ${before}`.as('kind_before'),
    })
    .from(activity)
    .where(eq(activity.organizationId, organizationId))
    .as('lately')
  // A membership is updated, and a plan is active again, for other reasons as well.
  const isNews = sql`(${and(
    sql`${all.value} is not distinct from ${all.valueBefore}`,
    or(
      and(eq(all.kind, 'role'), sql`${all.kindBefore} in ('joined', 'role')`),
      and(eq(all.kind, 'plan'), sql`${all.kindBefore} = 'plan'`),
    ),
  )}) is not true`
  const rolesBefore = alias(roles, 'roles_before')
  return tx
    .select({
      messageId: all.messageId,
      happenedAt: all.happenedAt,
      kind: all.kind,
      kindBefore: all.kindBefore,
      value: all.value,
      valueBefore: all.valueBefore,
      roleName: roles.name,
      roleNameBefore: rolesBefore.name,
      fullName: users.fullName,
      email: organizationInvitations.email,
    })
    .from(all)
    .leftJoin(users, eq(users.id, all.subjectId))
    .leftJoin(organizationInvitations, eq(organizationInvitations.id, all.subjectId))
    .leftJoin(roles, eq(roles.key, all.value))
    .leftJoin(rolesBefore, eq(rolesBefore.key, all.valueBefore))
    .where(and(isNews, sees.invitations ? undefined : notInArray(all.kind, ['invited', 'revoked'])))
    .orderBy(desc(all.happenedAt), desc(all.messageId))
    .limit(12)
}

export type Happened = Awaited<ReturnType<typeof activityIn>>[number]
