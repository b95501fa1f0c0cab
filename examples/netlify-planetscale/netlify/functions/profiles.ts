import type { Config, Context } from '@netlify/functions'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { db } from '../../db/index.ts'
import { blocks, users } from '../../db/schema.ts'

const { id, clerkId, username, displayName, imageUrl, tagline } = users
const live = isNull(users.deletedAt)

/** What everybody may see, from our own tables: Clerk is not asked. */
export default async (_request: Request, { params }: Context): Promise<Response> => {
  const shown = { id, username, displayName, imageUrl, tagline }
  if (params.id === undefined) {
    return Response.json(await db.select(shown).from(users).where(live).orderBy(asc(displayName), asc(id)))
  }
  const [profile] = await db
    .select(shown)
    .from(users)
    .where(and(eq(id, Number(params.id)), live))
  if (!profile) return Response.json({ code: 'not_found' }, { status: 404 })
  const { type, label, url } = blocks
  const links = await db
    .select({ type, label, url })
    .from(blocks)
    .innerJoin(users, eq(blocks.userId, clerkId))
    .where(eq(id, profile.id))
    .orderBy(asc(blocks.id))
  return Response.json({ ...profile, blocks: links })
}

export const config: Config = { path: ['/api/profiles', '/api/profiles/:id'], method: 'GET' }
