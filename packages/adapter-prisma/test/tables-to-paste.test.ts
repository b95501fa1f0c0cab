// The models of docs/tables.md, as their reader pastes them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { type ApplicationName, tryApplication } from '@clerk-sync/test-support/applications'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { SIGNING_SECRET } from '@clerk-sync/test-support/signed'
import { PrismaPg } from '@prisma/adapter-pg'
import { it, onTestFinished } from 'vitest'
import { PrismaClient as B2b } from './.generated/tables-b2b/prisma/client.ts'
import { PrismaClient as Billing } from './.generated/tables-billing/prisma/client.ts'
import { PrismaClient as LinkInBio } from './.generated/tables-link-in-bio/prisma/client.ts'
import * as b2b from './fixtures/tables/b2b/clerk-tables.ts'
import * as billing from './fixtures/tables/billing/clerk-tables.ts'
import * as linkInBio from './fixtures/tables/link-in-bio/clerk-tables.ts'
import { statementsOf } from './kit/migrated-models.ts'
import { modelName } from './kit/models.ts'
import { stream } from './kit/postgres.ts'

const signingSecret = SIGNING_SECRET

/** A database with the tables of an application, and how to reach it. */
async function open(name: ApplicationName) {
  const connectionString = await freshDatabase('postgres', 'prisma_tables')
  const query = rawPostgres(connectionString, onTestFinished)
  const schema = readFileSync(join(import.meta.dirname, 'fixtures/tables', name, 'schema.prisma'), 'utf8')
  for (const statement of statementsOf(schema)) await query(statement)
  return { adapter: new PrismaPg({ connectionString, stream }), query, named }
}

function named(name: string, what: 'table' | 'column'): string {
  const model = modelName(name)
  return what === 'table' ? `"${model.charAt(0).toUpperCase()}${model.slice(1)}"` : `"${name}"`
}

const closed = <Client extends { $disconnect(): Promise<void> }>(prisma: Client): Client => {
  onTestFinished(() => prisma.$disconnect())
  return prisma
}

it('link-in-bio', async () => {
  const { adapter: driver, ...opened } = await open('link-in-bio')
  const adapter = prismaAdapter(closed(new LinkInBio({ adapter: driver })), linkInBio.clerkTables)
  await tryApplication('link-in-bio', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
})

it('b2b', async () => {
  const { adapter: driver, ...opened } = await open('b2b')
  const adapter = prismaAdapter(closed(new B2b({ adapter: driver })), b2b.clerkTables)
  await tryApplication('b2b', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
})

it('billing', async () => {
  const { adapter: driver, ...opened } = await open('billing')
  const adapter = prismaAdapter(closed(new Billing({ adapter: driver })), billing.clerkTables)
  await tryApplication('billing', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
})
