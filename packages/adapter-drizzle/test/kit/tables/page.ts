// link-in-bio/page.ts
import { asc, eq } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { links, users } from '../../fixtures/tables/link-in-bio/postgres.ts'

export const linksOf = (db: NodePgDatabase, username: string) =>
  db
    .select({ title: links.title, url: links.url })
    .from(links)
    .innerJoin(users, eq(users.id, links.userId))
    .where(eq(users.username, username))
    .orderBy(asc(links.position))
