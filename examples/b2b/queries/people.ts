import { asc, eq } from 'drizzle-orm'
import { db } from '@/db'
import { organizationMemberships, users } from '@/db/schema'

/** Everybody, for the demo's choice of who looks. */
export async function everybody() {
  const { id, fullName, email } = users
  const organizations = db.$count(organizationMemberships, eq(organizationMemberships.userId, users.id))
  return db.select({ id, fullName, email, organizations }).from(users).orderBy(asc(fullName), asc(id)).limit(50)
}

export async function personOf(viewer: string) {
  const [person] = await db.select().from(users).where(eq(users.id, viewer))
  return person
}
