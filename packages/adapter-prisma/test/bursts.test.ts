import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { MARIADB, POSTGRES } from '@clerk-sync/test-support/burst-servers'
import { testBursts } from '@clerk-sync/test-support/bursts'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { createPool } from 'mariadb'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { falliblePool, poolConfig } from './kit/mysql.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

testBursts(
  'prisma',
  ({ url }, shape, calls, max) => {
    const pool = new FalliblePool(calls, { connectionString: url, max, stream })
    onTestFinished(() => pool.end())
    return prismaAdapter(new PrismaClient({ adapter: new PrismaPg(pool) }), shapes[shape])
  },
  { ...POSTGRES, tables: prismaPostgres },
)

testBursts(
  'prisma_mariadb',
  ({ url }, shape, calls, max) => {
    const pool = createPool({ ...poolConfig(url), connectionLimit: max })
    onTestFinished(() => pool.end())
    return prismaAdapter(new MysqlClient({ adapter: new PrismaMariaDb(falliblePool(pool, calls)) }), shapes[shape])
  },
  MARIADB,
)
