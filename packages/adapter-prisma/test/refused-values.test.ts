import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { type RefusingDialect, type RefusingStore, testRefusedValues } from '@clerk-sync/test-support/refused-values'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'

/** The kit's own table, with another definition of its e-mail address. */
async function tableWith(
  dialect: RefusingDialect,
  query: RefusingStore['query'],
  column: string,
  before?: string,
): Promise<void> {
  if (before) await query(before)
  const [definition, ...constraints] = column.split(', ')
  const change = (statement: string) =>
    statement
      .replace(/(create table .users.*?[ (].email.) [^,]+/, `$1 ${definition}`)
      .replace(/(create table .users.*)\)$/, `$1${constraints.map((constraint) => `, ${constraint}`).join('')})`)
  const { create } = sqlTables(dialect, async (statement) => {
    await query(change(statement))
    return []
  })
  await create()
}

const map = { user: () => ({ email: 'ada@example.com' }) }

async function onPostgres(column: string, before?: string): Promise<RefusingStore> {
  const url = await freshDatabase('postgres', 'prisma_refused_values')
  const query = rawPostgres(url, onTestFinished)
  await tableWith('postgres', query, column, before)
  const prisma = new PrismaClient({ adapter: new PrismaPg(url) })
  onTestFinished(() => prisma.$disconnect())
  return { query, clerkSync: createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }), map }) }
}

const onMysql =
  (server: 'mysql' | 'mariadb') =>
  async (column: string, before?: string): Promise<RefusingStore> => {
    const url = await freshDatabase(server, 'prisma_refused_values')
    const query = rawMysql(url, onTestFinished)
    await tableWith('mysql', query, column, before)
    const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
    onTestFinished(() => prisma.$disconnect())
    return { query, clerkSync: createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }), map }) }
  }

async function onSqlite(column: string, before?: string): Promise<RefusingStore> {
  const { file, query } = rawSqlite(onTestFinished)
  await tableWith('sqlite', query, column, before)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  onTestFinished(() => prisma.$disconnect())
  return { query, clerkSync: createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }), map }) }
}

testRefusedValues([
  ['PostgreSQL', 'postgres', onPostgres],
  ['MySQL', 'mysql', onMysql('mysql')],
  ['MariaDB', 'mysql', onMysql('mariadb')],
  ['SQLite', 'sqlite', onSqlite],
])
