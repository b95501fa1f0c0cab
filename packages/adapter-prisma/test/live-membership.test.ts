import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { event, userEvent } from '@clerk-sync/test-support/events'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as BesideClient } from './.generated/postgres-beside/prisma/client.ts'
import { PrismaClient as PostgresClient } from './.generated/readme/prisma/client.ts'
import { PrismaClient } from './.generated/readme-mysql/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { besideShapes } from './kit/shapes.ts'

// What `prisma migrate` makes of the README's schema: every table in a collation of Prisma's choice.
const inCollation = 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'
const synced = "clerkVersion VARCHAR(191) NOT NULL DEFAULT '0', deletedAt DATETIME(3) NULL"
const DDL = [
  `CREATE TABLE User (id VARCHAR(191) NOT NULL, clerkId VARCHAR(191) NOT NULL, email VARCHAR(191) NOT NULL,
    displayName VARCHAR(191) NULL, tagline VARCHAR(191) NULL DEFAULT 'hello', ${synced},
    UNIQUE INDEX User_clerkId_key(clerkId), PRIMARY KEY (id)) ${inCollation}`,
  `CREATE TABLE Organization (id VARCHAR(191) NOT NULL, name VARCHAR(191) NULL, ${synced}, PRIMARY KEY (id)) ${inCollation}`,
  `CREATE TABLE OrganizationMembership (id VARCHAR(191) NOT NULL, userId VARCHAR(191) NOT NULL,
    organizationId VARCHAR(191) NOT NULL, role VARCHAR(191) NOT NULL, ${synced}, INDEX (organizationId),
    PRIMARY KEY (id)) ${inCollation}`,
]

const live = (mark: '`' | '"') => {
  const [user, member, organization] = ['User', 'OrganizationMembership', 'Organization'].map(
    (name) => mark + name + mark,
  )
  const column = (name: string) => mark + name + mark
  return `select m.* from ${member} m
    join ${user} u on u.${column('clerkId')} = m.${column('userId')} and u.${column('deletedAt')} is null
    join ${organization} o on o.id = m.${column('organizationId')} and o.${column('deletedAt')} is null
    where m.${column('deletedAt')} is null and m.${column('organizationId')} = 'org_a'`
}

const models = {
  users: 'user',
  organizations: 'organization',
  organizationMemberships: 'organizationMembership',
} as const
const map = {
  user: (_: unknown, record: { id: string; email: string | null }) => ({ email: record.email ?? record.id }),
  deletedUser: ({ id }: { id: string }) => ({ email: `${id}@deleted.invalid` }),
}

it('The README’s live memberships on PostgreSQL read one of 100,000 users by its key, and check finds no fault', async () => {
  const connectionString = await freshDatabase('postgres', 'prisma_live')
  const raw = new pg.Pool({ connectionString, max: 1 })
  const prisma = new PostgresClient({ adapter: new PrismaPg({ connectionString, stream }) })
  onTestFinished(async () => {
    await prisma.$disconnect()
    await raw.end()
  })
  const sync = `"clerkVersion" text not null default '0', "deletedAt" timestamp(3)`
  await raw.query(`create table "User" (id text primary key, "clerkId" text not null unique, email text not null,
    "displayName" text, tagline text default 'hello', ${sync})`)
  await raw.query(`create table "Organization" (id text primary key, name text, ${sync})`)
  await raw.query(`create table "OrganizationMembership" (id text primary key, "userId" text not null,
    "organizationId" text not null, role text not null, ${sync})`)
  expect(await createClerkSync({ adapter: prismaAdapter(prisma, models), map }).check()).toEqual([])

  await raw.query(
    `insert into "User" (id, "clerkId", email) select n, 'user_' || n, 'x' from generate_series(1, 100000) n`,
  )
  await raw.query(`insert into "Organization" (id) values ('org_a'), ('org_b')`)
  await raw.query(`insert into "OrganizationMembership" (id, "userId", "organizationId", role)
    select 'orgmem_' || n, 'user_' || n, case when n % 1000 = 0 then 'org_a' else 'org_b' end, 'org:member'
    from generate_series(1, 100000) n`)
  await raw.query('create index on "OrganizationMembership" ("organizationId")')
  await raw.query('analyze')
  const plan = await prisma.$queryRawUnsafe(`explain ${live('"')}`)
  expect(JSON.stringify(plan)).toMatch(/Index Scan using \\"User_clerkId_key\\"/)
  expect(await prisma.$queryRawUnsafe(live('"'))).toHaveLength(100)
})

it('With the versions beside, the same query asks for no deletedAt: a membership goes with its user', async () => {
  const { url } = await prismaPostgres('prisma_live', onTestFinished, 'beside')
  const prisma = new BesideClient({ adapter: new PrismaPg({ connectionString: url }) })
  onTestFinished(() => prisma.$disconnect())
  const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, besideShapes.plain) })
  const at = 1_760_000_000_000
  await clerkSync.apply(event('organization.created', at, { id: 'org_1', object: 'organization', updated_at: at }))
  for (const name of ['ada', 'grace']) {
    await clerkSync.apply(userEvent('user.created', `user_${name}`, at))
    const membership = {
      id: `orgmem_${name}`,
      object: 'organization_membership',
      role: 'org:member',
      organization: { id: 'org_1', object: 'organization' },
      public_user_data: { user_id: `user_${name}` },
      updated_at: at,
    }
    await clerkSync.apply(event('organizationMembership.created', at, membership))
  }
  await clerkSync.apply(userEvent('user.deleted', 'user_ada', at + 1))
  const live = await prisma.$queryRaw`
    select m.id from "organizationMemberships" m
      join users u on u.id = m.user_id
      join organizations o on o.id = m.organization_id`
  expect(live).toEqual([{ id: 'orgmem_grace' }])
})

describe.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('The README’s live memberships on %s', ([, server]) => {
  it('read one of 100,000 users by its key, and check finds no fault, without any ALTER TABLE', async () => {
    const uri = await freshDatabase(server, 'prisma_live')
    const raw = await mysql.createConnection(uri)
    const prisma = new PrismaClient({ adapter: new PrismaMariaDb(poolConfig(uri)) })
    onTestFinished(async () => {
      await prisma.$disconnect()
      await raw.end()
    })
    for (const statement of DDL) await raw.query(statement)
    expect(await createClerkSync({ adapter: prismaAdapter(prisma, models), map }).check()).toEqual([])

    const ids = Array.from({ length: 100_000 }, (_, n) => `user_2abcDEFghiJKLmnoPQRst${100_000 + n}`)
    await raw.query('insert into User (id, clerkId, email) values ?', [ids.map((id) => [id, id, id])])
    await raw.query("insert into Organization (id) values ('org_a'), ('org_b')")
    await raw.query(`insert into OrganizationMembership (id, userId, organizationId, role)
      select id, clerkId, if(id like '%000', 'org_a', 'org_b'), 'org:member' from User where id like '%0'`)
    await raw.query('analyze table User, Organization, OrganizationMembership')
    const plan = await prisma.$queryRawUnsafe(`explain format=traditional ${live('`')}`)
    expect(plan).toContainEqual(expect.objectContaining({ table: 'u', type: 'eq_ref', key: 'User_clerkId_key' }))
    expect(await prisma.$queryRawUnsafe(live('`'))).toHaveLength(100)

    // Where a relation stands, its foreign key can stand as well.
    await raw.query('alter table OrganizationMembership add foreign key (userId) references User (clerkId)')
  })
})
