// A table that had users before Clerk, adopted by the steps and with the model of docs/adopting.md.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/adopted/prisma/client.ts'
import { PrismaClient as MysqlClient } from './.generated/adopted-mysql/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'

const user = (_: unknown, { email, firstName, lastName }: UserRecord) => ({ email: email ?? '', firstName, lastName })
const deletedUser = ({ id }: { readonly id: string }) => ({ email: `${id}@deleted.invalid` })

const startOn =
  (open: () => PrismaClient): AdoptedStore['start'] =>
  (link) => {
    const prisma = open()
    onTestFinished(() => prisma.$disconnect())
    const adapter = prismaAdapter(prisma, { users: 'user' })
    return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
  }

async function postgres(): Promise<AdoptedStore> {
  const connectionString = await freshDatabase('postgres', 'prisma_adopting')
  return {
    dialect: 'postgres',
    query: rawPostgres(connectionString, onTestFinished),
    start: startOn(() => new PrismaClient({ adapter: new PrismaPg({ connectionString }) })),
  }
}

async function mysql(): Promise<AdoptedStore> {
  const uri = await freshDatabase('mysql', 'prisma_adopting')
  const open = () => new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(uri)) }) as unknown as PrismaClient
  return { dialect: 'mysql', query: rawMysql(uri, onTestFinished), start: startOn(open) }
}

testAdopting('Prisma on PostgreSQL', postgres)
testAdopting('Prisma on MySQL', mysql)
