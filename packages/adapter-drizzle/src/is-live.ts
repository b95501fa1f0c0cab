import { type Column, getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import { tableOf } from './given-tables.ts'
import { versionsNameOf } from './synced-table.ts'

/** As `drizzleAdapter` was given it. */
type Given<T extends Table> =
  | (T & ({ readonly clerkId: Column } | { readonly id: Column }))
  | { readonly table: T; readonly key: keyof T & string }

/** What `clerkVersionsTable()` made. */
type Versions = Table & Readonly<Record<'tableName' | 'id' | 'deletedAt', Column>>

/**
 * The condition under which a row counts whose table has its versions beside it and keeps a row of what was deleted
 * (`onDelete: 'erase'`): no tombstone is beside it. A row that no event has reached counts.
 *
 * `db.select().from(users).where(isLive(users, versions))` asks:
 *
 * ```sql
 * not exists (select 1 from "clerk_versions" where "clerk_versions"."table_name" = 'users'
 *   and "clerk_versions"."id" = "users"."id" and "clerk_versions"."deleted_at" is not null)
 * ```
 *
 * In a schema it makes a view: `pgView('live_users').as((query) => query.select().from(users).where(isLive(users, versions)))`.
 *
 * @example
 * ```ts
 * import { isLive } from '@clerk-sync/adapter-drizzle'
 * import { clerkId, clerkVersionsTable } from '@clerk-sync/adapter-drizzle/pg'
 * import { drizzle } from 'drizzle-orm/node-postgres'
 * import { pgTable, text } from 'drizzle-orm/pg-core'
 *
 * const users = pgTable('users', { id: clerkId().primaryKey(), email: text() })
 * const versions = clerkVersionsTable()
 * const db = drizzle(process.env['DATABASE_URL'] ?? '')
 *
 * export const liveUsers = () => db.select().from(users).where(isLive(users, versions))
 * ```
 */
export function isLive<T extends Table>(given: Given<T>, versions: Versions): SQL {
  const table = tableOf(given as Table)
  const columns: Record<string, Column> = getTableColumns(table)
  const named = given === table ? undefined : (given as { readonly key: string }).key
  const key = columns[named ?? ('clerkId' in columns ? 'clerkId' : 'id')] as Column
  // A view takes no parameters.
  const name = sql.raw(`'${versionsNameOf(table).replaceAll("'", "''")}'`)
  return sql`not exists (select 1 from ${versions} where ${versions.tableName} = ${name} and ${versions.id} = ${key} and ${versions.deletedAt} is not null)`
}
