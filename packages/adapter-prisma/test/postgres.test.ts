import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { type Connection, testAdapter } from '@clerk-sync/adapter-testkit'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/postgres/prisma/client.ts'
import { type Prisma as Beside, PrismaClient as BesideClient } from './.generated/postgres-beside/prisma/client.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { besidePartShapes, besideShapes, partShapes, shapes } from './kit/shapes.ts'

const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

const driver = (url: string, { calls, isolation }: Connection, more: { readonly endings?: 'severed' } = {}) => {
  const options = isolationOption(isolation)
  const pool = new FalliblePool(calls, { connectionString: url, max: 4, options, stream, ...more })
  pools.push(pool)
  return new PrismaPg(pool)
}

const inRows = await prismaPostgres('prisma_7', afterAll)
testAdapter<Prisma.TransactionClient>({
  ...inRows,
  name: 'prisma:postgres (Prisma 7, prisma-client)',
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

const beside = await prismaPostgres('prisma_7', afterAll, 'beside')
testAdapter<Beside.TransactionClient>({
  ...beside,
  name: 'prisma:postgres (Prisma 7, prisma-client), versions beside',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter: (shape, connection) =>
    prismaAdapter(
      new BesideClient({ adapter: driver(beside.url, connection, { endings: 'severed' }) }),
      besideShapes[shape],
    ),
  parts: {
    ...beside.ofParts,
    adapter: (shape, connection) =>
      prismaAdapter(
        new BesideClient({ adapter: driver(beside.url, connection, { endings: 'severed' }) }),
        besidePartShapes[shape],
      ),
  },
  effect: (tx, welcome) => tx.welcome.create({ data: welcome }),
  failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
})
