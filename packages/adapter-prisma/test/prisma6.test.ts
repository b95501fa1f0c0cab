import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { afterAll, describe, it } from 'vitest'
import { FalliblePool, freshDatabase, isolationOption, kitTables } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'
import { type Prisma, PrismaClient } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaPg } from './prisma6/drivers.ts'

const connectionString = await freshDatabase('prisma_6')
const { create, read, insert, triggers } = kitTables(connectionString)
await create()
const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter<Prisma.TransactionClient>({
  name: 'prisma:postgres (Prisma 6, prisma-client-js)',
  runner: { describe, it },
  capabilities: {
    transactions: 'interactive',
    parallel: true,
    datePrecisionMs: 1,
    isolationLevels: ['repeatable read', 'serializable'],
  },
  adapter(shape, { calls, isolation }) {
    const options = isolationOption(isolation)
    const pool = new FalliblePool(calls, { connectionString, max: 4, options, endings: 'severed' })
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
