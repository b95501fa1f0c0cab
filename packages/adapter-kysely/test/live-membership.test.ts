import { kyselyAdapter, liveMembership, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { CompiledQuery, Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { stores } from './kit/stores.ts'

interface Synced extends SyncColumns<Date | number> {
  id: string
}
interface Database {
  users: Synced
  organizations: Synced
  memberships: Synced & { user_id: string; organization_id: string }
}

/** How a plan is asked for, and how it says that it finds users by their key. */
const PLANS = {
  PostgreSQL: ['explain', /Index (Only )?Scan using users_pkey/],
  MySQL: ['explain format=traditional', /"table":"users"[^}]+"type":"eq_ref"[^}]+"key":"PRIMARY"/],
  MariaDB: ['explain', /"table":"users"[^}]+"type":"eq_ref"[^}]+"key":"PRIMARY"/],
  SQLite: ['explain query plan', /SEARCH users (EXISTS )?USING INDEX sqlite_autoindex_users_1/],
} as const

const tables = {
  users: { table: 'users', columns: [] },
  organizations: { table: 'organizations', columns: [] },
  organizationMemberships: { table: 'memberships', columns: ['user_id', 'organization_id'] },
} as const

describe.for(stores)('liveMembership on %s', ([name, open]) => {
  it('reads one of 100,000 users by its key', async () => {
    const { dialect } = await open('kysely_live')
    const db = new Kysely<Database>({ dialect })
    const create = (table: string, ...references: string[]) =>
      references
        .reduce(
          (builder, name) => builder.addColumn(name, clerkId(db), (column) => column.notNull()),
          db.schema.createTable(table).addColumn('id', clerkId(db), (column) => column.notNull().primaryKey()),
        )
        .execute()
    await create('users')
    await create('organizations')
    await create('memberships', 'user_id', 'organization_id')
    for (const table of ['users', 'organizations', 'memberships']) await syncColumnsMigration(table).up(db)
    await db.schema.createIndex('memberships_organization').on('memberships').column('organization_id').execute()
    expect(await kyselyAdapter(db, tables).check()).toEqual([])

    const ids = Array.from({ length: 100_000 }, (_, n) => `user_2abcDEFghiJKLmnoPQRst${100_000 + n}`)
    for (let from = 0; from < ids.length; from += 10_000) {
      const rows = ids.slice(from, from + 10_000).map((id) => sql`(${sql.lit(id)})`)
      await sql`insert into users (id) values ${sql.join(rows)}`.execute(db)
    }
    await sql`insert into organizations (id) values ('org_a'), ('org_b')`.execute(db)
    await sql`insert into memberships (id, user_id, organization_id)
      select id, id, case when id like '%000' then 'org_a' else 'org_b' end from users where id like '%0'`.execute(db)
    const analyze = name === 'MySQL' || name === 'MariaDB' ? 'analyze table users, memberships' : 'analyze'
    await sql.raw(analyze).execute(db)

    const live = db
      .selectFrom('memberships')
      .select('id')
      .where('organization_id', '=', 'org_a')
      .where(
        liveMembership(db, {
          memberships: tables.organizationMemberships,
          users: tables.users,
          organizations: tables.organizations,
        }),
      )
    const [explain, expected] = PLANS[name as keyof typeof PLANS]
    const { sql: text, parameters } = live.compile()
    const plan = await db.executeQuery(CompiledQuery.raw(`${explain} ${text}`, [...parameters]))
    expect(JSON.stringify(plan.rows)).toMatch(expected)
    expect(await live.execute()).toHaveLength(100)
  })
})
