// The README's queries on plans and roles, as its reader copies them.
import { readFileSync } from 'node:fs'
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { ON_PLAN, plansAndRoles, ROLES } from '@clerk-sync/test-support/plans'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/readme/plans/prisma/client.ts'
import { isOnPlan, roleOf } from './kit/plans.ts'
import { stream } from './kit/postgres.ts'

const SYNC = `"clerkVersion" text not null default '0', "deletedAt" timestamp(3)`
const PAYER = '"payerId" text not null, "userId" text, "organizationId" text, status text not null'
const TABLES = [
  `"User" (id text primary key, "clerkId" text not null unique, email text not null, "displayName" text, tagline text, ${SYNC})`,
  `"Organization" (id text primary key, name text, ${SYNC})`,
  `"OrganizationMembership" (id text primary key, "userId" text not null, "organizationId" text not null, role text not null, ${SYNC})`,
  `"Role" (id text primary key, key text, name text, permissions jsonb, ${SYNC})`,
  `"Permission" (id text primary key, key text, name text, description text, ${SYNC})`,
  `"WaitlistEntry" (id text primary key, email text not null, status text not null, ${SYNC})`,
  `"Subscription" (id text primary key, ${PAYER}, "activeAt" timestamp(3), ${SYNC})`,
  `"SubscriptionItem" (id text primary key, ${PAYER}, "planSlug" text, "planPeriod" text, amount integer, currency text,
    "isFreeTrial" boolean not null default false, "periodEnd" timestamp(3), ${SYNC})`,
  `"PaymentAttempt" (id text primary key, ${PAYER}, amount integer, currency text, "paidAt" timestamp(3), ${SYNC})`,
]

it('the README shows the queries as they are tested here', () => {
  const tested = readFileSync(new URL('kit/plans.ts', import.meta.url), 'utf8')
  const shown = tested.replace('../.generated/readme/plans/prisma/client.ts', './generated/plans/prisma/client')
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(shown)
})

it('say who is on which plan, and who has which role where', async () => {
  const connectionString = await freshDatabase('postgres', 'prisma_readme_plans')
  const raw = new pg.Pool({ connectionString, max: 1 })
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, stream }) })
  onTestFinished(async () => {
    await prisma.$disconnect()
    await raw.end()
  })
  for (const table of TABLES) await raw.query(`create table ${table}`)
  const adapter = prismaAdapter(prisma, {
    users: 'user',
    organizations: 'organization',
    organizationMemberships: 'organizationMembership',
    roles: 'role',
    permissions: 'permission',
    waitlistEntries: 'waitlistEntry',
    subscriptions: 'subscription',
    subscriptionItems: 'subscriptionItem',
    paymentAttempts: 'paymentAttempt',
  })
  const clerkSync = createClerkSync({
    adapter,
    map: {
      user: (_, record) => ({ email: record.email ?? record.id }),
      deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
    },
  })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  for (const event of plansAndRoles()) expect(await clerkSync.apply(event)).toMatch(/^(created|deleted)$/)

  for (const [payer, plan, is] of ON_PLAN) {
    expect([payer, plan, await isOnPlan(prisma, payer, plan)]).toEqual([payer, plan, is])
  }
  for (const [organization, user, role] of ROLES) expect(await roleOf(prisma, organization, user)).toEqual(role)
})
