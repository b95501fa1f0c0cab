import { and, type Column, isNull, type SQL, sql, type Table } from 'drizzle-orm'

type Synced<T extends Table> = T & { readonly deletedAt: Column } & (
    | { readonly clerkId: Column }
    | { readonly id: Column }
  )

/**
 * The condition under which a membership counts: it, its user and its organization are there and not deleted.
 *
 * Clerk is not known to send the memberships' own deletes when a user or an organization goes, so their rows outlive
 * it; a cascade in the write path would depend on the order of arrival.
 *
 * `db.select().from(memberships).where(liveMembership({ memberships, users, organizations }))` asks:
 *
 * ```sql
 * "memberships"."deleted_at" is null
 *   and exists (select 1 from "users" where "users"."id" = "memberships"."user_id" and "users"."deleted_at" is null)
 *   and exists (…)
 * ```
 */
export function liveMembership<M extends Table, U extends Table, O extends Table>(tables: {
  readonly memberships: Synced<M> & { readonly userId: Column; readonly organizationId: Column }
  readonly users: Synced<U>
  readonly organizations: Synced<O>
}): SQL | undefined {
  const { memberships, users, organizations } = tables
  return and(
    isNull(memberships.deletedAt),
    live(users, memberships.userId),
    live(organizations, memberships.organizationId),
  )
}

function live(table: Synced<Table>, reference: Column): SQL {
  const key = 'clerkId' in table ? table.clerkId : table.id
  return sql`exists (select 1 from ${table} where ${key} = ${reference} and ${table.deletedAt} is null)`
}
