import { and, asc, desc, eq, getTableColumns, or, sql } from 'drizzle-orm'
import { db, type Transaction } from '@/db'
import {
  organizationInvitations,
  organizationMemberships,
  organizations,
  roles,
  subscriptionItems,
  users,
} from '@/db/schema'
import { roleLabel } from '@/lib/words'
import { activityIn } from './activity'
import { dearestFirst, isCurrent } from './current-plan'

/**
 * All that a user may see of an organization; undefined for who is no member of it, as for an organization that is not there.
 * It is read at one time: no page shows a member who is in one part of it and gone in another.
 *
 * @param address - the organization's slug, or its id where it has none
 */
export async function organizationFor(viewer: string, address: string) {
  return db.transaction((tx) => read(tx, viewer, address), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

export type OrganizationPage = NonNullable<Awaited<ReturnType<typeof organizationFor>>>

async function read(tx: Transaction, viewer: string, address: string) {
  const [membership] = await tx
    .select({ organization: organizations, role: roles, roleKey: organizationMemberships.role })
    .from(organizationMemberships)
    .innerJoin(organizations, eq(organizations.id, organizationMemberships.organizationId))
    .leftJoin(roles, eq(roles.key, organizationMemberships.role))
    .where(
      and(
        eq(organizationMemberships.userId, viewer),
        or(eq(organizations.slug, address), eq(organizations.id, address)),
      ),
    )
    .orderBy(asc(organizations.id))
    .limit(1)
  if (!membership) return undefined
  const { organization, role, roleKey } = membership
  const may = (permission: string) => role?.permissions?.includes(permission) ?? false
  const managesMembers = may('org:sys_memberships:manage')
  const seesPrices = may('org:sys_billing:read')
  return {
    organization,
    role: roleLabel(role?.name, roleKey),
    members: await membersOf(tx, organization.id),
    plans: await plansOf(tx, organization.id, { seesPrices }),
    invitations: managesMembers ? await invitationsOf(tx, organization.id) : undefined,
    seesPrices,
    activity: await activityIn(tx, organization.id, { invitations: managesMembers }),
  }
}

function membersOf(tx: Transaction, organizationId: string) {
  const { userId, role, joinedAt } = organizationMemberships
  return tx
    .select({ userId, role, joinedAt, roleName: roles.name, fullName: users.fullName, email: users.email })
    .from(organizationMemberships)
    .innerJoin(users, eq(users.id, userId))
    .leftJoin(roles, eq(roles.key, role))
    .where(eq(organizationMemberships.organizationId, organizationId))
    .orderBy(asc(joinedAt), asc(organizationMemberships.id))
}

/** The current ones first, then those that begin later. Their amounts are null for who may not see them. */
function plansOf(tx: Transaction, organizationId: string, { seesPrices }: { readonly seesPrices: boolean }) {
  const { amount, ...others } = getTableColumns(subscriptionItems)
  const isUpcoming = eq(subscriptionItems.status, 'upcoming')
  return tx
    .select({ ...others, amount: seesPrices ? amount : sql<null>`null` })
    .from(subscriptionItems)
    .where(and(eq(subscriptionItems.organizationId, organizationId), or(isCurrent, isUpcoming)))
    .orderBy(isUpcoming, dearestFirst, asc(subscriptionItems.id))
}

/** The latest ones, and how many of all are open. */
async function invitationsOf(tx: Transaction, organizationId: string) {
  const { id, email, role, invitedAt, expiresAt } = organizationInvitations
  const isOf = eq(organizationInvitations.organizationId, organizationId)
  // No event tells that an invitation has expired: the time does.
  const known = sql`coalesce(${organizationInvitations.status}, 'pending')`
  const status = sql<string>`case when ${known} = 'pending' and ${expiresAt} < now() then 'expired' else ${known} end`
  return {
    open: await tx.$count(organizationInvitations, and(isOf, eq(status, 'pending'))),
    latest: await tx
      .select({ id, email, role, status, invitedAt, roleName: roles.name })
      .from(organizationInvitations)
      .leftJoin(roles, eq(roles.key, role))
      .where(isOf)
      .orderBy(desc(invitedAt), asc(id))
      .limit(8),
  }
}
