import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync, type DeleteMode } from '@clerk-sync/core'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import { type MovedStore, migratingSqlite, testMove } from '@clerk-sync/test-support/moved-table'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as Mysql } from './.generated/mysql/prisma/index.js'
import { PrismaClient as MysqlBeside } from './.generated/mysql-beside/prisma/index.js'
import { PrismaClient as Postgres } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as PostgresBeside } from './.generated/postgres-beside/prisma/client.ts'
import { PrismaClient as Sqlite } from './.generated/sqlite/prisma/client.ts'
import { PrismaClient as SqliteBeside } from './.generated/sqlite-beside/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { besideShapes, shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'

interface Clients {
  inRows(): Postgres
  beside(): PostgresBeside
}

/** The clients of the three databases have the same models, and types of their own. */
const start =
  ({ inRows, beside }: Clients) =>
  (versions: Versions, onDelete?: DeleteMode) => {
    const prisma = versions === 'row' ? inRows() : beside()
    onTestFinished(() => prisma.$disconnect())
    const adapter =
      versions === 'row'
        ? prismaAdapter(prisma as Postgres, shapes.plain)
        : prismaAdapter(prisma as PostgresBeside, besideShapes.plain)
    return createClerkSync({
      adapter: adapter as ReturnType<typeof prismaAdapter<Postgres, typeof shapes.plain>>,
      ...(onDelete && { onDelete }),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.createMany({ data: [{ userId: event.data.id, eventId: event.id }] })
        },
      },
    })
  }

async function postgres(): Promise<MovedStore> {
  const { url, query } = await prismaPostgres('prisma_moved', onTestFinished)
  const adapter = () => new PrismaPg({ connectionString: url, max: 4 })
  return {
    dialect: 'postgres',
    query,
    start: start({
      inRows: () => new Postgres({ adapter: adapter() }),
      beside: () => new PostgresBeside({ adapter: adapter() }),
    }),
  }
}

const mysql = (server: 'mysql' | 'mariadb') => async (): Promise<MovedStore> => {
  const { url, query } = await prismaMysql(server, 'prisma_moved', onTestFinished)
  const adapter = () => new PrismaMariaDb(poolConfig(url))
  return {
    dialect: 'mysql',
    query,
    start: start({
      inRows: () => new Mysql({ adapter: adapter() }) as unknown as Postgres,
      beside: () => new MysqlBeside({ adapter: adapter() }) as unknown as PostgresBeside,
    }),
  }
}

async function sqlite(): Promise<MovedStore> {
  const { file } = await prismaSqlite(onTestFinished)
  const adapter = () => new PrismaBetterSqlite3({ url: file, timeout: 0 })
  return {
    dialect: 'sqlite',
    dateType: 'datetime',
    query: migratingSqlite(file, onTestFinished),
    start: start({
      inRows: () => new Sqlite({ adapter: adapter() }) as unknown as Postgres,
      beside: () => new SqliteBeside({ adapter: adapter() }) as unknown as PostgresBeside,
    }),
  }
}

testMove([
  ['PostgreSQL', postgres],
  ['MySQL', mysql('mysql')],
  ['MariaDB', mysql('mariadb')],
  ['SQLite', sqlite],
])
