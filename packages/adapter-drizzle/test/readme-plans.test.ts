// The README's queries on plans and roles, as its reader copies them.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { ON_PLAN, plansAndRoles, ROLES } from '@clerk-sync/test-support/plans'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import * as organizationTables from './kit/readme/organizations.ts'
import * as plans from './kit/readme/plans.ts'
import * as schema from './kit/readme/schema.ts'

it('say who is on which plan, and who has which role where', async () => {
  const { isOnPlan, roleOf, ...planTables } = plans
  const tables = { ...schema, ...organizationTables, ...planTables }
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'drizzle_readme_plans'), max: 2 })
  onTestFinished(() => pool.end())
  const json = (schema: object) => generateDrizzleJson({ ...schema }, undefined, undefined, 'snake_case')
  for (const statement of await generateMigration(json({}), json(tables))) await pool.query(statement)
  const db = drizzle(pool, { casing: 'snake_case' })
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
  for (const event of plansAndRoles()) expect(await clerkSync.apply(event)).toMatch(/^(created|deleted)$/)

  for (const [payer, plan, is] of ON_PLAN)
    expect([payer, plan, await isOnPlan(db, payer, plan)]).toEqual([payer, plan, is])
  for (const [organization, user, role] of ROLES) expect(await roleOf(db, organization, user)).toEqual(role)
  const { rows } = await pool.query(`select amount::text, currency from subscription_items limit 1`)
  expect(rows).toEqual([{ amount: '2000', currency: 'USD' }])
})
