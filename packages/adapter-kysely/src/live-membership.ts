import { type Expression, expressionBuilder, type Kysely, type SqlBool } from 'kysely'

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
    readonly deletedAt?: Name<DB[Table]>
    readonly versions?: 'row'
    readonly userId?: Name<DB[Table]>
    readonly organizationId?: Name<DB[Table]>
  }
}[Name<DB>]

/** Tables with the columns that are compared, whatever they are called. */
interface Compared {
  memberships: { deletedAt: unknown; reference: string }
  others: { deletedAt: unknown; key: string }
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
 * With `versions` among the tables, as `kyselyAdapter` was given it, those without `versions: 'row'` have no `deleted_at`:
 * what was deleted is gone.
 */
export function liveMembership<DB>(
  _db: Kysely<DB>,
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
  const hasSyncColumns = ({ versions }: Keyed<DB> | Referring<DB>) =>
    tables.versions === undefined || versions === 'row'
  const live = (other: Keyed<DB>, reference: string) => {
    const key = column<'others.key'>(other.table, other.key ?? 'id')
    const found = eb
      .selectFrom(other.table as 'others')
      .select(key)
      .whereRef(key, '=', column<'memberships.reference'>(memberships.table, reference))
    const deletedAt = column<'others.deletedAt'>(other.table, other.deletedAt ?? 'deleted_at')
    return eb.exists(hasSyncColumns(other) ? found.where(deletedAt, 'is', null) : found)
  }
  const deletedAt = column<'memberships.deletedAt'>(memberships.table, memberships.deletedAt ?? 'deleted_at')
  return eb.and([
    ...(hasSyncColumns(memberships) ? [eb(deletedAt, 'is', null)] : []),
    live(users, memberships.userId ?? 'user_id'),
    live(organizations, memberships.organizationId ?? 'organization_id'),
  ])
}
