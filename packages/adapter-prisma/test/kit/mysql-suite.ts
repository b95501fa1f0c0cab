import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { MYSQL_POOL } from '@clerk-sync/test-support/server-pools'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createPool, type Pool, type PoolConfig } from 'mariadb'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from '../.generated/mysql/prisma/index.js'
import { falliblePool, poolConfig, prismaMysql } from './mysql.ts'
import { shapes } from './shapes.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, server: 'mysql' | 'mariadb', options: PoolConfig): Promise<void> {
  const { url, read, insert, triggers } = await prismaMysql(server, 'prisma_7', afterAll)
  const pools: Pool[] = []
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  testAdapter<Prisma.TransactionClient>({
    name,
    runner: { describe, it },
    capabilities: MYSQL_POOL,
    adapter(shape, { calls, isolation }) {
      const pool = createPool({
        ...poolConfig(url),
        ...options,
        ...(isolation && { initSql: `set session transaction isolation level ${isolation}` }),
      })
      pools.push(pool)
      const prisma = new PrismaClient({ adapter: new PrismaMariaDb(falliblePool(pool, calls)) })
      return prismaAdapter(prisma, shapes[shape])
    },
    read,
    insert,
    triggers,
    // `create` would read its row back, and under serializable isolation lock the whole table, which has no index.
    effect: (tx, welcome) => tx.welcome.createMany({ data: [welcome] }),
    failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
    sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
  })
}
