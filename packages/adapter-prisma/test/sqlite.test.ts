import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/sqlite/prisma/client.ts'
import { shapes } from './kit/shapes.ts'
import { fallible, prismaSqlite } from './kit/sqlite.ts'

const { file, read, insert, triggers } = await prismaSqlite(afterAll)
const clients: PrismaClient[] = []
afterAll(() => Promise.all(clients.map((client) => client.$disconnect())))

testAdapter<Prisma.TransactionClient>({
  name: 'prisma:sqlite (Prisma 7, prisma-client)',
  runner: { describe, it },
  capabilities: { transactions: 'interactive', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
  adapter(shape, { calls }) {
    // The driver waits for a lock without letting go of the process: for one that this process holds, in vain.
    const driver = new PrismaBetterSqlite3({ url: file, timeout: 0 })
    const prisma = new PrismaClient({ adapter: fallible(driver, calls) })
    clients.push(prisma)
    return prismaAdapter(prisma, shapes[shape])
  },
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
})
