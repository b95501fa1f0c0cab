import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { afterAll, describe, it } from 'vitest'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'
import { type Prisma, PrismaClient } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaPg } from './prisma6/drivers.ts'

const { url, read, insert, triggers } = await prismaPostgres('prisma_6', afterAll)
const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter<Prisma.TransactionClient>({
  name: 'prisma:postgres (Prisma 6, prisma-client-js)',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter(shape, { calls, isolation }) {
    const options = isolationOption(isolation)
    const pool = new FalliblePool(calls, { connectionString: url, max: 4, options, stream, endings: 'severed' })
    pools.push(pool)
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
    return prismaAdapter(prisma, shapes[shape])
  },
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
})
