import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { type Connection, testAdapter } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { MYSQL_POOL } from '@clerk-sync/test-support/server-pools'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createPool, type Pool, type PoolConfig } from 'mariadb'
import { afterAll, describe, it } from 'vitest'
import { type Prisma, PrismaClient } from '../.generated/mysql/prisma/index.js'
import { type Prisma as Beside, PrismaClient as BesideClient } from '../.generated/mysql-beside/prisma/index.js'
import { falliblePool, poolConfig, prismaMysql } from './mysql.ts'
import { besidePartShapes, besideShapes, partShapes, shapes } from './shapes.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, server: 'mysql' | 'mariadb', options: PoolConfig): Promise<void> {
  const pools: Pool[] = []
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  const driver = (url: string, { calls, isolation }: Connection): PrismaMariaDb => {
    const pool = createPool({
      ...poolConfig(url),
      ...options,
      ...(isolation && { initSql: `set session transaction isolation level ${isolation}` }),
    })
    pools.push(pool)
    return new PrismaMariaDb(falliblePool(pool, calls))
  }

  const certify = server === 'mysql' ? testAdapter : testAnotherDriver
  const inRows = await prismaMysql(server, 'prisma_7', afterAll)
  certify<Prisma.TransactionClient>({
    ...inRows,
    name,
    runner: { describe, it },
    capabilities: MYSQL_POOL,
    adapter: (shape, connection) =>
      prismaAdapter(new PrismaClient({ adapter: driver(inRows.url, connection) }), shapes[shape]),
    parts: {
      ...inRows.ofParts,
      adapter: (shape, connection) =>
        prismaAdapter(new PrismaClient({ adapter: driver(inRows.url, connection) }), partShapes[shape]),
    },
    // `create` would read its row back, and under serializable isolation lock the whole table, which has no index.
    effect: (tx, welcome) => tx.welcome.createMany({ data: [welcome] }),
    failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
    sql: { send: (tx, text) => tx.$executeRawUnsafe(text) },
  })

  const beside = await prismaMysql(server, 'prisma_7', afterAll, undefined, 'beside')
  certify<Beside.TransactionClient>({
    ...beside,
    name: `${name}, versions beside`,
    runner: { describe, it },
    capabilities: MYSQL_POOL,
    adapter: (shape, connection) =>
      prismaAdapter(new BesideClient({ adapter: driver(beside.url, connection) }), besideShapes[shape]),
    parts: {
      ...beside.ofParts,
      adapter: (shape, connection) =>
        prismaAdapter(new BesideClient({ adapter: driver(beside.url, connection) }), besidePartShapes[shape]),
    },
    effect: (tx, welcome) => tx.welcome.createMany({ data: [welcome] }),
    failingStatement: (tx) => tx.$queryRaw`select * from no_such_table`,
  })
}
