// b2b/role-of.ts
import { and, eq } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { organizationMemberships, organizations, roles, users } from '../../fixtures/tables/b2b/postgres.ts'

/** Undefined for who is no member. */
export async function roleOf(db: NodePgDatabase, userId: string, organizationId: string) {
  const { userId: member, organizationId: here, role } = organizationMemberships
  const [found] = await db
    .select({ role, name: roles.name, permissions: roles.permissions })
    .from(organizationMemberships)
    .innerJoin(users, eq(users.id, member))
    .innerJoin(organizations, eq(organizations.id, here))
    .leftJoin(roles, eq(roles.key, role))
    .where(and(eq(member, userId), eq(here, organizationId)))
  return found
}
