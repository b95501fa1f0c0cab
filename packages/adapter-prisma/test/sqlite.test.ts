import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { type Connection, testAdapter } from '@clerk-sync/adapter-testkit'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/sqlite/prisma/client.ts'
import { type Prisma as Beside, PrismaClient as BesideClient } from './.generated/sqlite-beside/prisma/client.ts'
import { besidePartShapes, besideShapes, partShapes, shapes } from './kit/shapes.ts'
import { fallible, prismaSqlite } from './kit/sqlite.ts'

const capabilities = {
  transactions: 'interactive',
  parallel: false,
  datePrecisionMs: 1,
  isolationLevels: [],
  tombstones: true,
} as const
const clients: (PrismaClient | BesideClient)[] = []
afterAll(() => Promise.all(clients.map((client) => client.$disconnect())))

// The driver waits for a lock without letting go of the process: for one that this process holds, in vain.
const driver = (file: string, { calls }: Connection) =>
  fallible(new PrismaBetterSqlite3({ url: file, timeout: 0 }), calls)

const inRows = await prismaSqlite(afterAll)
testAdapter<Prisma.TransactionClient>({
  ...inRows,
  name: 'prisma:sqlite (Prisma 7, prisma-client)',
  runner: { describe, it },
  capabilities,
  adapter(shape, connection) {
    const prisma = new PrismaClient({ adapter: driver(inRows.file, connection) })
    clients.push(prisma)
    return prismaAdapter(prisma, shapes[shape])
  },
  parts: {
    ...inRows.ofParts,
    adapter(shape, connection) {
      const prisma = new PrismaClient({ adapter: driver(inRows.file, connection) })
      clients.push(prisma)
      return prismaAdapter(prisma, partShapes[shape])
    },
  },
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
})

const beside = await prismaSqlite(afterAll, undefined, 'beside')
testAdapter<Beside.TransactionClient>({
  ...beside,
  name: 'prisma:sqlite (Prisma 7, prisma-client), versions beside',
  runner: { describe, it },
  capabilities,
  adapter(shape, connection) {
    const prisma = new BesideClient({ adapter: driver(beside.file, connection) })
    clients.push(prisma)
    return prismaAdapter(prisma, besideShapes[shape])
  },
  parts: {
    ...beside.ofParts,
    adapter(shape, connection) {
      const prisma = new BesideClient({ adapter: driver(beside.file, connection) })
      clients.push(prisma)
      return prismaAdapter(prisma, besidePartShapes[shape])
    },
  },
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
})
