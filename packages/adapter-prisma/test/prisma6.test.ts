import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import type { Connection } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { afterAll, describe, it } from 'vitest'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { besidePartShapes, besideShapes, partShapes, shapes } from './kit/shapes.ts'
import { type Prisma, PrismaClient } from './prisma6/.generated/postgres/prisma/index.js'
import {
  type Prisma as Beside,
  PrismaClient as BesideClient,
} from './prisma6/.generated/postgres-beside/prisma/index.js'
import { PrismaPg } from './prisma6/drivers.ts'

const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

const driver = (connectionString: string, { calls, isolation }: Connection): PrismaPg => {
  const options = isolationOption(isolation)
  const pool = new FalliblePool(calls, { connectionString, max: 4, options, stream, endings: 'severed' })
  pools.push(pool)
  return new PrismaPg(pool)
}

const inRows = await prismaPostgres('prisma_6', afterAll)
testAnotherDriver<Prisma.TransactionClient>({
  ...inRows,
  name: 'prisma:postgres (Prisma 6, prisma-client-js)',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter: (shape, connection) =>
    prismaAdapter(new PrismaClient({ adapter: driver(inRows.url, connection) }), shapes[shape]),
  parts: {
    ...inRows.ofParts,
    adapter: (shape, connection) =>
      prismaAdapter(new PrismaClient({ adapter: driver(inRows.url, connection) }), partShapes[shape]),
  },
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
})

const beside = await prismaPostgres('prisma_6', afterAll, 'beside')
testAnotherDriver<Beside.TransactionClient>({
  ...beside,
  name: 'prisma:postgres (Prisma 6, prisma-client-js), versions beside',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter: (shape, connection) =>
    prismaAdapter(new BesideClient({ adapter: driver(beside.url, connection) }), besideShapes[shape]),
  parts: {
    ...beside.ofParts,
    adapter: (shape, connection) =>
      prismaAdapter(new BesideClient({ adapter: driver(beside.url, connection) }), besidePartShapes[shape]),
  },
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
})
