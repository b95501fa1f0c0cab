// The README's queries on plans and roles, as its reader copies them.
import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { ON_PLAN, plansAndRoles, ROLES } from '@clerk-sync/test-support/plans'
import { Kysely, sql } from 'kysely'
import { expect, it } from 'vitest'
import { isOnPlan, type PlanTables, planTables, roleOf } from './kit/readme/plans.ts'
import { openPostgres } from './kit/stores.ts'

const SYNC = "clerk_version text not null default '0', deleted_at timestamptz(3)"
const PAYER = 'payer_id text not null, user_id text, organization_id text, status text not null'
const COLUMNS: { readonly [Table in keyof PlanTables]: string } = {
  users: '',
  organizations: 'name text,',
  organization_memberships: 'organization_id text not null, user_id text not null, role text not null,',
  roles: 'key text, name text, permissions jsonb,',
  permissions: 'key text, name text, description text,',
  waitlist_entries: 'email text not null, status text not null,',
  subscriptions: `${PAYER}, active_at timestamptz(3),`,
  subscription_items: `${PAYER}, plan_slug text, plan_period text, amount integer, currency text,
    is_free_trial boolean not null default false, period_end timestamptz(3),`,
  payment_attempts: `${PAYER}, amount integer, currency text, paid_at timestamptz(3),`,
}

it('say who is on which plan, and who has which role where', async () => {
  const { dialect } = await openPostgres('kysely_readme_plans')
  const db = new Kysely<PlanTables>({ dialect })
  for (const [table, columns] of Object.entries(COLUMNS)) {
    await sql.raw(`create table ${table} (id text primary key, ${columns} ${SYNC})`).execute(db)
  }
  const clerkSync = createClerkSync({ adapter: kyselyAdapter(db, planTables) })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  for (const event of plansAndRoles()) expect(await clerkSync.apply(event)).toMatch(/^(created|deleted)$/)

  for (const [payer, plan, is] of ON_PLAN) {
    expect([payer, plan, await isOnPlan(db, payer, plan)]).toEqual([payer, plan, is])
  }
  for (const [organization, user, role] of ROLES) expect(await roleOf(db, organization, user)).toEqual(role)
})
