import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

testBursts(
  'prisma',
  ({ url }, shape, calls, max) => {
    const pool = new FalliblePool(calls, { connectionString: url, max, stream })
    onTestFinished(() => pool.end())
    return prismaAdapter(new PrismaClient({ adapter: new PrismaPg(pool) }), shapes[shape])
  },
  prismaPostgres,
)
