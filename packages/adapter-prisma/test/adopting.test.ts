// A table that had users before Clerk, adopted by the steps and with the model of docs/adopting.md.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/adopted/prisma/client.ts'
import { PrismaClient as MysqlClient } from './.generated/adopted-mysql/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/adopted-sqlite/prisma/client.ts'
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

async function sqlite(): Promise<AdoptedStore> {
  const { file, query } = rawSqlite(onTestFinished)
  // As the page says of Prisma's type. The processes of a test are one here: they would wait for each other.
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file, timeout: 0 }) })
  return {
    dialect: 'sqlite',
    query: (text, values) => query(text.replace('deleted_at integer', 'deleted_at datetime'), values),
    start: startOn(() => prisma as unknown as PrismaClient),
  }
}

testAdopting('Prisma on PostgreSQL', postgres)
testAdopting('Prisma on MySQL', mysql)
testAdopting('Prisma on SQLite', sqlite)
