import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import type { ServerVariable } from '@clerk-sync/bare-machine/server-url'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createPool, type Pool, type PoolConfig } from 'mariadb'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from '../.generated/mysql/prisma/index.js'
import { falliblePool, freshMysql, kitTables, poolConfig } from './mysql.ts'
import { shapes } from './shapes.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, variable: ServerVariable, options: PoolConfig): Promise<void> {
  const uri = await freshMysql(variable, 'prisma_7')
  const { create, read, insert } = kitTables(uri)
  await create()
  const pools: Pool[] = []
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  testAdapter<Prisma.TransactionClient>({
    name,
    runner: { describe, it },
    capabilities: {
      transactions: 'interactive',
      parallel: true,
      datePrecisionMs: 1,
      isolationLevels: ['read committed', 'serializable'],
    },
    adapter(shape, { calls, isolation }) {
      const pool = createPool({
        ...poolConfig(uri),
        ...options,
        ...(isolation && { initSql: `set session transaction isolation level ${isolation}` }),
      })
      pools.push(pool)
      const prisma = new PrismaClient({ adapter: new PrismaMariaDb(falliblePool(pool, calls)) })
      return prismaAdapter(prisma, shapes[shape])
    },
    read,
    insert,
    // `create` would read its row back, and under serializable isolation lock the whole table, which has no index.
    effect: (tx, welcome) => tx.welcome.createMany({ data: [welcome] }),
    failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  })
}
