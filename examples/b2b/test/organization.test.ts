import { readFileSync } from 'node:fs'
import { postgresDatabase } from '@examples/testing'
import { afterAll, expect, it, vi } from 'vitest'
import { cwd } from './application.ts'

const database = await postgresDatabase('example_b2b_query')
await database.query(readFileSync(`${cwd}/db/schema.sql`, 'utf8'))
await database.query(`
  insert into users (id) values ('user_admin'), ('user_member');
  insert into organizations (id, slug) values ('org_1', 'one');
  insert into roles (id, key, permissions) values ('role_1', 'org:admin', '["org:sys_billing:read"]');
  insert into organization_memberships (id, organization_id, user_id, role)
    values ('orgmem_1', 'org_1', 'user_admin', 'org:admin'), ('orgmem_2', 'org_1', 'user_member', 'org:member');
  insert into subscription_items (id, organization_id, status, amount, currency)
    values ('csub_item_1', 'org_1', 'active', 2000, 'USD')`)
vi.stubEnv('DATABASE_URL', database.url)
// By its path: the application's own imports are resolved by its bundler, and by Vite.
const { organizationFor } = await import(`${cwd}queries/organization.ts`)
const { db } = await import(`${cwd}db/index.ts`)
afterAll(async () => {
  await db.$client.end()
  await database.close()
})

it('gives an amount to who may see prices, and to nobody else', async () => {
  expect((await organizationFor('user_admin', 'one')).plans).toMatchObject([{ id: 'csub_item_1', amount: 2000 }])
  expect((await organizationFor('user_member', 'one')).plans).toMatchObject([{ id: 'csub_item_1', amount: null }])
})
