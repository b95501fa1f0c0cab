// The queries of docs/tables.md and of the README's B2B schema, as their reader pastes them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { plansAndRoles, ROLES } from '@clerk-sync/test-support/plans'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as b2b from './fixtures/tables/b2b/postgres.ts'
import * as billing from './fixtures/tables/billing/postgres.ts'
import * as linkInBio from './fixtures/tables/link-in-bio/postgres.ts'
import * as readme from './fixtures/tables/readme/postgres.ts'
import { openPostgres } from './kit/tables/open.ts'
import { linksOf } from './kit/tables/page.ts'
import { plansOf } from './kit/tables/plans-of.ts'
import { roleOf } from './kit/tables/role-of.ts'

const ROOT = join(import.meta.dirname, '../../..')
const kit = (file: string) => readFileSync(join(import.meta.dirname, 'kit/tables', file), 'utf8')

it.each(['page.ts', 'role-of.ts', 'plans-of.ts'])('docs/tables.md shows %s as it is tested here', (file) => {
  const shown = kit(file).replace(/'\.\.\/\.\.\/fixtures\/.*'/, "'./schema'")
  expect(readFileSync(join(ROOT, 'docs/tables.md'), 'utf8')).toContain(shown)
})

it('the README shows its queries as they are tested here, on fewer lines', () => {
  const squeezed = (text: string) => text.replace(/\s/g, '')
  const [, tested = ''] = kit('questions.ts').split("from './db.ts'\n")
  expect(squeezed(readFileSync(join(ROOT, 'README.md'), 'utf8'))).toContain(squeezed(tested))
})

async function takeAll(clerkSync: ClerkSync): Promise<void> {
  for (const event of plansAndRoles()) expect(await clerkSync.apply(event)).toMatch(/^(created|deleted|ignored)$/)
}

it('a page shows the links of its user in their order', async () => {
  const { db, query } = await openPostgres('drizzle_tables_queries', linkInBio)
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, linkInBio.clerkTables) })
  for (const name of ['ada', 'bob'])
    await clerkSync.apply(userEvent('user.created', `user_${name}`, 1_760_000_000_000, { username: name }))
  await query(`insert into links (user_id, title, url, position) values
    ('user_ada', 'Second', 'b', 2), ('user_ada', 'First', 'a', 1), ('user_bob', 'Other', 'c', 1)`)
  expect(await linksOf(db, 'ada')).toEqual([
    { title: 'First', url: 'a' },
    { title: 'Second', url: 'b' },
  ])
})

it('a role is that of a live member, with what it permits', async () => {
  const { db } = await openPostgres('drizzle_tables_queries', b2b)
  await takeAll(createClerkSync({ adapter: drizzleAdapter(db, b2b.clerkTables) }))
  for (const [organization, user, role] of ROLES) {
    expect([organization, user, await roleOf(db, user, organization)]).toEqual([organization, user, role])
  }
})

it('a user is on the plans that are active, and on those that are canceled and not over', async () => {
  const { db, query } = await openPostgres('drizzle_tables_queries', billing)
  await takeAll(createClerkSync({ adapter: drizzleAdapter(db, billing.clerkTables) }))
  await query(
    `insert into plans values ('free', 'Free', 1), ('pro', 'Pro', 10), ('max', 'Max', null), ('team', 'Team', 5)`,
  )
  const plans = await plansOf(db, 'user_ada')
  expect(plans.sort((a, b) => (a.plan < b.plan ? -1 : 1))).toEqual([
    { plan: 'free', projectLimit: 1 },
    { plan: 'pro', projectLimit: 10 },
  ])
})

it('the README’s schema has no fault, and its queries say roles and plans', async () => {
  const opened = await openPostgres('drizzle_tables_queries', readme)
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(opened.db, readme) })
  expect(await clerkSync.check()).toEqual([])
  await takeAll(clerkSync)
  vi.stubEnv('README_DATABASE_URL', opened.url)
  const { pool } = await import('./kit/tables/db.ts')
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await pool.end()
  })
  const { plansOf, roleOf } = await import('./kit/tables/questions.ts')
  for (const [organization, user, role] of ROLES) {
    expect(await roleOf(user, organization)).toEqual(
      role ? [expect.objectContaining({ role: expect.any(String) })] : [],
    )
  }
  expect(await roleOf('user_ada', 'org_acme')).toEqual([{ role: 'org:admin' }])
  expect(await plansOf('org_acme')).toEqual([{ plan: 'team' }])
})
