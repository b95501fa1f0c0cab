import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type LettersStore, testDeadLetters } from '@clerk-sync/test-support/dead-letters'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'

type Query = LettersStore['query']

const models = { users: 'user', events: 'clerkEvent', deadLetters: 'clerkDeadLetter' } as const

/** The kit's tables, with a rule on the e-mail address, the dead letters, and what hooks write. */
async function create(dialect: 'postgres' | 'mysql' | 'sqlite', query: Query, id: string, text: string, date: string) {
  const ruled = (statement: string) =>
    statement.replace(/^(create table .users. .*)\)$/, '$1, constraint short check (length(email) < 11))')
  await sqlTables(dialect, (statement, values) => query(ruled(statement), values)).create()
  await query(`create table dead_letters (id ${id} primary key, type ${id} not null, entity_id ${id}, code ${id} not null,
    payload ${text} not null, parked_at ${date} not null)`)
  await query(`create table effects (id ${id})`)
}

interface RawTransaction {
  $executeRawUnsafe(sql: string): Promise<number>
}
const hook = ({ event, tx }: { event: { id: string }; tx: RawTransaction }) =>
  tx.$executeRawUnsafe(`insert into effects (id) values ('${event.id}')`)

const map = {
  user: (_: unknown, { email }: { email: string | null }) => ({ email }),
}

async function openPostgres(): Promise<LettersStore> {
  const url = await freshDatabase('postgres', 'prisma_dead_letters')
  const query = rawPostgres(url, onTestFinished)
  await create('postgres', query, 'text', 'text', 'timestamptz(3)')
  return {
    query,
    mend: () => query('alter table users drop constraint short'),
    clerkSync({ hooks }) {
      const prisma = new PrismaClient({ adapter: new PrismaPg(url) })
      onTestFinished(() => prisma.$disconnect())
      return createClerkSync({
        adapter: prismaAdapter(prisma, models),
        map,
        ...(hooks && { on: { 'user.updated': hook } }),
      })
    },
  }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<LettersStore> => {
  const url = await freshDatabase(server, 'prisma_dead_letters')
  const query = rawMysql(url, onTestFinished)
  await create('mysql', query, 'varchar(255)', 'mediumtext', 'datetime(3)')
  return {
    query,
    mend: () => query('alter table users drop constraint short'),
    clerkSync({ hooks }) {
      const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
      onTestFinished(() => prisma.$disconnect())
      return createClerkSync({
        adapter: prismaAdapter(prisma, models),
        map,
        ...(hooks && { on: { 'user.updated': hook } }),
      })
    },
  }
}

async function openSqlite(): Promise<LettersStore> {
  const { file, query } = rawSqlite(onTestFinished)
  await create('sqlite', query, 'text', 'text', 'text')
  return {
    query,
    async mend() {
      const [{ sql } = { sql: '' }] = await query("select sql from sqlite_master where name = 'users'")
      await query('drop table users')
      await query(String(sql).replace(/, constraint short check \(length\(email\) < 11\)/, ''))
    },
    clerkSync({ hooks }) {
      const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
      onTestFinished(() => prisma.$disconnect())
      return createClerkSync({
        adapter: prismaAdapter(prisma, models),
        map,
        ...(hooks && { on: { 'user.updated': hook } }),
      })
    },
  }
}

testDeadLetters([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
])
