import { type Expression, expressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import { versionsNameOf } from './synced-table.ts'

type Name<T> = keyof T & string

/** A synced table as `kyselyAdapter` was given it, as far as it matters here. */
type Keyed<DB> = {
  [Table in Name<DB>]: {
    readonly table: Table
    readonly key?: Name<DB[Table]>
    readonly deletedAt?: Name<DB[Table]>
    readonly versions?: 'row'
  }
}[Name<DB>]

/** The memberships, with the columns that refer to the other two. Default: `user_id` and `organization_id`. */
type Referring<DB> = {
  [Table in Name<DB>]: {
    readonly table: Table
    readonly key?: Name<DB[Table]>
    readonly deletedAt?: Name<DB[Table]>
    readonly versions?: 'row'
    readonly userId?: Name<DB[Table]>
    readonly organizationId?: Name<DB[Table]>
  }
}[Name<DB>]

/** Either of them, whatever the database is. */
interface Named {
  readonly table: string
  readonly key?: string
  readonly deletedAt?: string
  readonly versions?: 'row'
}

/** Tables with the columns that are compared, whatever they are called. */
interface Compared {
  memberships: { reference: string }
  others: { key: string }
}

/**
 * The condition under which a membership counts: it, its user and its organization are there and not deleted.
 *
 * Clerk is not known to send the memberships' own deletes when a user or an organization goes, so their rows outlive
 * it; a cascade in the write path would depend on the order of arrival.
 *
 * `db.selectFrom('memberships').selectAll().where(liveMembership(db, { memberships, users, organizations }))`, with the
 * tables as `kyselyAdapter` was given them, asks:
 *
 * ```sql
 * "memberships"."deleted_at" is null
 *   and exists (select "users"."id" from "users"
 *     where "users"."id" = "memberships"."user_id" and "users"."deleted_at" is null)
 *   and exists (…)
 * ```
 *
 * With `versions` among the tables, as `kyselyAdapter` was given it, those without `versions: 'row'` have no `deleted_at`: a
 * row counts that is there and has no tombstone beside it.
 *
 * @example
 * ```ts
 * import { liveMembership, type SyncColumns } from '@clerk-sync/adapter-kysely'
 * import { Kysely, PostgresDialect } from 'kysely'
 * import { Pool } from 'pg'
 *
 * interface Database {
 *   users: SyncColumns & { id: string }
 *   organizations: SyncColumns & { id: string }
 *   memberships: SyncColumns & { id: string; user_id: string; organization_id: string }
 * }
 * const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: new Pool() }) })
 * const live = liveMembership(db, {
 *   memberships: { table: 'memberships' },
 *   users: { table: 'users' },
 *   organizations: { table: 'organizations' },
 * })
 *
 * export const liveMembers = () => db.selectFrom('memberships').selectAll().where(live).execute()
 * ```
 */
export function liveMembership<DB>(
  db: Kysely<DB>,
  tables: {
    readonly memberships: Referring<DB>
    readonly users: Keyed<DB>
    readonly organizations: Keyed<DB>
    readonly versions?: Name<DB>
  },
): Expression<SqlBool> {
  const { memberships, users, organizations } = tables
  const eb = expressionBuilder<Compared, 'memberships'>()
  const column = <Column extends string>(table: string, name: string) => `${table}.${name}` as Column
  const notDeleted = ({ table, key = 'id', deletedAt = 'deleted_at', versions }: Named) => {
    if (tables.versions === undefined || versions === 'row')
      return sql<SqlBool>`${sql.ref(`${table}.${deletedAt}`)} is null`
    const version = (name: string) => sql.ref(`${tables.versions}.${name}`)
    return sql<SqlBool>`not exists (select 1 from ${sql.table(tables.versions)} where ${version('table_name')} = ${versionsNameOf(db, table)}
      and ${version('id')} = ${sql.ref(`${table}.${key}`)} and ${version('deleted_at')} is not null)`
  }
  const live = (other: Keyed<DB>, reference: string) => {
    const key = column<'others.key'>(other.table, other.key ?? 'id')
    const found = eb
      .selectFrom(other.table as 'others')
      .select(key)
      .whereRef(key, '=', column<'memberships.reference'>(memberships.table, reference))
    return eb.exists(found.where(notDeleted(other)))
  }
  return eb.and([
    notDeleted(memberships),
    live(users, memberships.userId ?? 'user_id'),
    live(organizations, memberships.organizationId ?? 'organization_id'),
  ])
}
