import type { ColumnNames } from '@clerk-sync/core/adapter'
import { and, type Column, getTableColumns, isNull, type SQL, sql, type Table } from 'drizzle-orm'
import { type NamedTable, tableOf } from './given-tables.ts'

type Synced<T extends Table> = T & { readonly deletedAt: Column } & (
    | { readonly clerkId: Column }
    | { readonly id: Column }
  )

/** As `drizzleAdapter` was given it. */
type Given<T extends Table> =
  | Synced<T>
  | ({ readonly table: T } & { readonly [Option in keyof ColumnNames]?: (keyof T & string) | undefined })

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
 *
 * @example
 * ```ts
 * import { liveMembership } from '@clerk-sync/adapter-drizzle'
 * import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
 * import { drizzle } from 'drizzle-orm/node-postgres'
 * import { pgTable } from 'drizzle-orm/pg-core'
 *
 * const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
 * const organizations = pgTable('organizations', { id: clerkId().primaryKey(), ...syncColumns() })
 * const memberships = pgTable('memberships', {
 *   id: clerkId().primaryKey(),
 *   userId: clerkId('user_id').notNull(),
 *   organizationId: clerkId('organization_id').notNull(),
 *   ...syncColumns(),
 * })
 * const db = drizzle(process.env['DATABASE_URL'] ?? '')
 *
 * export const liveMembers = () =>
 *   db.select().from(memberships).where(liveMembership({ memberships, users, organizations }))
 * ```
 */
export function liveMembership<M extends Table, U extends Table, O extends Table>(tables: {
  readonly memberships: Given<M & { readonly userId: Column; readonly organizationId: Column }>
  readonly users: Given<U>
  readonly organizations: Given<O>
}): SQL | undefined {
  const { memberships, users, organizations } = tables
  const { userId, organizationId } = getTableColumns(tableOf(memberships))
  return and(
    isNull(columnOf(memberships, 'deletedAt')),
    live(users, userId as Column),
    live(organizations, organizationId as Column),
  )
}

function live(given: Table | NamedTable, reference: Column): SQL {
  const table = tableOf(given)
  return sql`exists (select 1 from ${table} where ${columnOf(given, 'key')} = ${reference} and ${columnOf(given, 'deletedAt')} is null)`
}

function columnOf(given: Table | NamedTable, option: 'key' | 'deletedAt'): Column {
  const table = tableOf(given)
  const columns: Record<string, Column> = getTableColumns(table)
  const usual = option === 'deletedAt' ? option : 'clerkId' in columns ? 'clerkId' : 'id'
  const named = given === table ? undefined : (given as NamedTable)[option]
  return columns[named ?? usual] as Column
}
