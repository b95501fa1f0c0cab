// The README's tables, as its reader copies them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzleAdapter, liveMembership } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import * as organizationTables from './kit/readme/organizations.ts'
import * as schema from './kit/readme/schema.ts'

const kit = join(import.meta.dirname, 'kit/readme')
const tables = { ...schema, ...organizationTables }

it.for(readdirSync(kit))('the README shows %s as it is tested here', (file) => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  expect(readme).toContain(readFileSync(join(kit, file), 'utf8'))
})

async function opened() {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_readme'), max: 2 })
  onTestFinished(() => pool.end())
  const json = (schema: object) => generateDrizzleJson({ ...schema }, undefined, undefined, 'snake_case')
  for (const statement of await generateMigration(json({}), json(tables))) await pool.query(statement)
  return { pool, db: drizzle(pool, { casing: 'snake_case' }) }
}

it('check has nothing to say of the README’s tables', async () => {
  const { db } = await opened()
  // The application's own table is of no event's.
  const { workspaces: _own, ...synced } = tables
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, synced),
    map: {
      user: (_user, record) => ({ email: record.email ?? record.id, displayName: record.fullName }),
      deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
    },
  })
  expect(await clerkSync.check()).toEqual([])
})

it('liveMembership reads one of 100,000 of the README’s users by its key, on PostgreSQL', async () => {
  const { db, pool } = await opened()
  const { users, organizations, organizationMemberships: memberships } = tables
  await pool.query(`insert into users (clerk_id, email) select 'user_' || n, 'x' from generate_series(1, 100000) n`)
  await pool.query(`insert into organizations (id) values ('org_a'), ('org_b')`)
  await pool.query(`insert into organization_memberships (id, user_id, organization_id, role)
    select 'orgmem_' || n, 'user_' || n, case when n % 1000 = 0 then 'org_a' else 'org_b' end, 'org:member'
    from generate_series(1, 100000) n`)
  await pool.query('create index on organization_memberships (organization_id)')
  await pool.query('analyze')
  const live = db
    .select({ id: memberships.id })
    .from(memberships)
    .where(and(eq(memberships.organizationId, 'org_a'), liveMembership({ memberships, users, organizations })))
  const { rows } = await db.execute(sql`explain ${live}`)
  expect(JSON.stringify(rows)).toMatch(/Index (Only )?Scan using users_clerk_id_unique/)
  expect(await live).toHaveLength(100)
})
