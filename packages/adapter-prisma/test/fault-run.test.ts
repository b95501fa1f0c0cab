import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { type FaultedDriver, testFaults } from '@clerk-sync/test-support/fault-run'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { rawMysql } from '@clerk-sync/test-support/raw-connections'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'
import { streamFor, utcPostgres } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

const mariadb: FaultedDriver = {
  name: 'Prisma, mariadb',
  server: 'mysql',
  tables: (url) => createdTables('mysql', rawMysql(url, onTestFinished)),
  open(url, { sync, silenceMs }) {
    const driver = new PrismaMariaDb({ ...poolConfig(url), connectionLimit: 2, socketTimeout: silenceMs })
    const prisma = new MysqlClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    return createClerkSync({
      adapter: prismaAdapter(prisma, shapes.plain),
      ...sync,
      on: {
        'user.created': ({ event, tx }) => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
      },
    })
  },
}

testFaults('prisma_faults', [
  {
    name: 'Prisma, node-postgres',
    server: 'postgres',
    tables: (url) => createdTables('postgres', utcPostgres(url, onTestFinished)),
    open(connectionString, { sync, silenceMs }) {
      const stream = streamFor(silenceMs)
      const driver = new PrismaPg({ connectionString, max: 2, connectionTimeoutMillis: 5_000, stream })
      const prisma = new PrismaClient({ adapter: driver })
      onTestFinished(() => prisma.$disconnect())
      return createClerkSync({
        adapter: prismaAdapter(prisma, shapes.plain),
        ...sync,
        on: {
          'user.created': ({ event, tx }) => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
        },
      })
    },
  },
  mariadb,
  { ...mariadb, name: 'Prisma, mariadb, MariaDB', server: 'mariadb' },
])
