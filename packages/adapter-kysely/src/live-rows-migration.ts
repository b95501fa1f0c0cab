import { sql } from 'kysely'
import type { ClerkMigration } from './migration.ts'
import { versionsNameOf } from './synced-table.ts'

/**
 * Creates a view of the live rows of a table whose versions are beside it, for `onDelete: 'erase'`: those without a
 * tombstone. A row that no event has reached is live.
 *
 * ```sql
 * create view "live_users" as select "t".* from "users" as "t" where not exists (select 1 from "clerk_versions" as "v"
 *   where "v"."table_name" = 'users' and "v"."id" = "t"."id" and "v"."deleted_at" is not null)
 * ```
 *
 * A view has the columns that the table had when it was made: after a migration that adds one, make it again.
 *
 * @example
 * ```ts
 * import { liveRowsMigration } from '@clerk-sync/adapter-kysely/migrations'
 *
 * export const { up, down } = liveRowsMigration('live_users', { table: 'users' })
 * ```
 */
export function liveRowsMigration(
  view: string,
  { table, key = 'id', versions = 'clerk_versions' }: { table: string; key?: string; versions?: string },
): ClerkMigration {
  return {
    async up(db) {
      const name = sql.lit(versionsNameOf(db, table))
      await sql`create view ${sql.table(view)} as select ${sql.ref('t')}.* from ${sql.table(table)} as ${sql.ref('t')}
        where not exists (select 1 from ${sql.table(versions)} as ${sql.ref('v')} where ${sql.ref('v.table_name')} = ${name}
          and ${sql.ref('v.id')} = ${sql.ref(`t.${key}`)} and ${sql.ref('v.deleted_at')} is not null)`.execute(db)
    },
    async down(db) {
      await db.schema.dropView(view).ifExists().execute()
    },
  }
}
