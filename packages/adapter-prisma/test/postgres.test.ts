import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/postgres/prisma/client.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

const { url, read, insert, triggers } = await prismaPostgres('prisma_7', afterAll)
const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter<Prisma.TransactionClient>({
  name: 'prisma:postgres (Prisma 7, prisma-client)',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter(shape, { calls, isolation }) {
    const pool = new FalliblePool(calls, { connectionString: url, max: 4, options: isolationOption(isolation), stream })
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
