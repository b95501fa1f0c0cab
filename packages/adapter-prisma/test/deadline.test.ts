import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { rowLock, TIMEOUT_MS, type TimedSync, testDeadline } from '@clerk-sync/test-support/deadline'
import type { Query } from '@clerk-sync/test-support/raw-connections'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { prismaPostgres, streamFor } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

const SILENCE_MS = 2 * TIMEOUT_MS

async function timed(
  protocol: 'postgres' | 'mysql',
  { url: target, query }: { readonly url: string; readonly query: Query },
  open: (url: string) => PrismaClient,
): Promise<TimedSync> {
  const proxy = await startFaultProxy({ target, protocol })
  const prisma = open(proxy.url())
  onTestFinished(async () => {
    await prisma.$disconnect()
    await proxy.close()
  })
  let next: () => Promise<unknown> = async () => {}
  const clerkSync = createClerkSync({
    adapter: prismaAdapter(prisma, shapes.plain),
    timeoutMs: TIMEOUT_MS,
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.welcome.createMany({ data: [{ userId: event.data.id, eventId: event.id }] })
        await next()
      },
    },
  })
  // Its engine takes its time to start.
  await prisma.welcome.count()
  return {
    proxy,
    clerkSync,
    onHook: (chosen) => {
      next = chosen
    },
    outside: () => prisma.welcome.count(),
    count: async (table) => (await query(`select 1 from ${table}`)).length,
    lockUser: rowLock(target, onTestFinished),
  }
}

testDeadline([
  [
    'node-postgres',
    async () =>
      timed('postgres', await prismaPostgres('prisma_deadline', onTestFinished), (connectionString) => {
        const adapter = new PrismaPg({ connectionString, max: 1, stream: streamFor(SILENCE_MS) })
        return new PrismaClient({ adapter })
      }),
  ],
  [
    'mariadb',
    async () =>
      timed('mysql', await prismaMysql('mysql', 'prisma_deadline', onTestFinished), (url) => {
        const adapter = new PrismaMariaDb({ ...poolConfig(url), connectionLimit: 1, socketTimeout: SILENCE_MS })
        return new MysqlClient({ adapter }) as unknown as PrismaClient
      }),
  ],
])
