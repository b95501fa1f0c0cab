import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testTroubles } from '@clerk-sync/test-support/database-troubles'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'
import { shapes } from './kit/shapes.ts'

testTroubles('prisma_troubles', {
  postgres: [
    [
      'Prisma on PostgreSQL',
      (connectionString) => {
        const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 2 }) })
        onTestFinished(() => prisma.$disconnect())
        return prismaAdapter(prisma, shapes.withoutLedger)
      },
    ],
  ],
  mysql: [
    [
      'Prisma on MySQL',
      (url) => {
        const driver = new PrismaMariaDb({ ...poolConfig(url), connectionLimit: 2, acquireTimeout: 1_000 })
        const prisma = new MysqlClient({ adapter: driver })
        onTestFinished(() => prisma.$disconnect())
        return prismaAdapter(prisma, shapes.withoutLedger)
      },
    ],
  ],
})
