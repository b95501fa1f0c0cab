// plans.ts
import type { PrismaClient } from '../.generated/readme/plans/prisma/client.ts'

/** Whether who pays is on a plan: a canceled one lasts until its period ends. */
export async function isOnPlan(
  prisma: PrismaClient,
  payer: { readonly userId: string } | { readonly organizationId: string },
  planSlug: string,
): Promise<boolean> {
  const lasts = [{ status: 'active' }, { status: 'canceled', periodEnd: { gt: new Date() } }]
  const found = await prisma.subscriptionItem.findFirst({
    select: { id: true },
    where: { ...payer, planSlug, OR: lasts, deletedAt: null },
  })
  return found !== null
}

/** The role that a user has in an organization, with what it permits; undefined for who is no member. */
export async function roleOf(prisma: PrismaClient, organizationId: string, userId: string) {
  // A membership outlives its user and its organization: Clerk is not known to send its delete then.
  const [member, user, organization] = await Promise.all([
    prisma.organizationMembership.findFirst({ where: { organizationId, userId, deletedAt: null } }),
    prisma.user.findFirst({ select: { id: true }, where: { clerkId: userId, deletedAt: null } }),
    prisma.organization.findFirst({ select: { id: true }, where: { id: organizationId, deletedAt: null } }),
  ])
  if (!member || !user || !organization) return undefined
  const found = await prisma.role.findFirst({ where: { key: member.role, deletedAt: null } })
  return { role: member.role, name: found?.name ?? null, permissions: found?.permissions ?? null }
}
