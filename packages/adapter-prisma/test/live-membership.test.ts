import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import mysql from 'mysql2/promise'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/readme-mysql/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'

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
    const adapter = prismaAdapter(prisma, {
      users: 'user',
      organizations: 'organization',
      organizationMemberships: 'organizationMembership',
    })
    expect(await adapter.check()).toEqual([])

    const ids = Array.from({ length: 100_000 }, (_, n) => `user_2abcDEFghiJKLmnoPQRst${100_000 + n}`)
    await raw.query('insert into User (id, clerkId, email) values ?', [ids.map((id) => [id, id, id])])
    await raw.query("insert into Organization (id) values ('org_a'), ('org_b')")
    await raw.query(`insert into OrganizationMembership (id, userId, organizationId, role)
      select id, clerkId, if(id like '%000', 'org_a', 'org_b'), 'org:member' from User where id like '%0'`)
    await raw.query('analyze table User, Organization, OrganizationMembership')
    const live = `select m.* from OrganizationMembership m
      join User u on u.clerkId = m.userId and u.deletedAt is null
      join Organization o on o.id = m.organizationId and o.deletedAt is null
      where m.deletedAt is null and m.organizationId = 'org_a'`
    const plan = await prisma.$queryRawUnsafe(`explain format=traditional ${live}`)
    expect(plan).toContainEqual(expect.objectContaining({ table: 'u', type: 'eq_ref', key: 'User_clerkId_key' }))
    expect(await prisma.$queryRawUnsafe(live)).toHaveLength(100)

    // Where a relation stands, its foreign key can stand as well.
    await raw.query('alter table OrganizationMembership add foreign key (userId) references User (clerkId)')
  })
})
