import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/postgres/prisma/client.ts'
import { FalliblePool, freshDatabase, isolationOption, kitTables } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

const connectionString = await freshDatabase('prisma_7')
const { create, read, insert, triggers } = kitTables(connectionString)
await create()
const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter<Prisma.TransactionClient>({
  name: 'prisma:postgres (Prisma 7, prisma-client)',
  runner: { describe, it },
  capabilities: {
    transactions: 'interactive',
    parallel: true,
    datePrecisionMs: 1,
    isolationLevels: ['repeatable read', 'serializable'],
  },
  adapter(shape, { calls, isolation }) {
    const pool = new FalliblePool(calls, { connectionString, max: 4, options: isolationOption(isolation) })
    pools.push(pool)
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
    return prismaAdapter(prisma, shapes[shape])
  },
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
})
