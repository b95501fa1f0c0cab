import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { createPeople, PEOPLE, peopleAfter } from '@clerk-sync/test-support/named-columns'
import { rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import mysql2 from 'mysql2/promise'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/named-mysql/prisma/client.ts'
import { PrismaClient } from './.generated/named-postgresql/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/named-sqlite/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'
import { stream } from './kit/postgres.ts'

const models = {
  users: { model: 'person', key: 'authId', version: 'syncVersion', deletedAt: 'clerkDeletedAt' },
  events: 'clerkEvent',
} as const

const withBefore = (seen: unknown[]) =>
  ({
    before: true,
    run: ({ before }: { before: { email: string | null } | undefined }) => void seen.push(before?.email),
  }) as const

async function openPostgres() {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'prisma_named'), max: 4, stream })
  onTestFinished(() => pool.end())
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return { prisma, rows: async (text: string) => (await pool.query(text)).rows }
}

it('PostgreSQL: a nullable Clerk id and sync fields of other names, beside deletes of the application', async () => {
  const { prisma, rows } = await openPostgres()
  await createPeople('postgres', rows)
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, models), on })
  expect(await peopleAfter('postgres', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it.for(['mysql', 'mariadb'] as const)('%s: the same', async (server) => {
  const uri = await freshDatabase(server, 'prisma_named')
  const connection = await mysql2.createConnection(uri)
  const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(uri)) })
  onTestFinished(async () => {
    await connection.end()
    await prisma.$disconnect()
  })
  const rows = async (text: string) => (await connection.query(text))[0]
  await createPeople('mysql', rows)
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, models), on })
  expect(await peopleAfter('mysql', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it('SQLite: the same', async () => {
  const { file, query } = rawSqlite(onTestFinished)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  onTestFinished(() => prisma.$disconnect())
  const rows = (text: string) => query(text)
  await createPeople('sqlite', rows, 'datetime')
  const seen: unknown[] = []
  const on = { 'user.updated': withBefore(seen) }
  const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, models), on })
  expect(await peopleAfter('sqlite', rows, clerkSync)).toEqual(PEOPLE)
  expect(seen).toEqual(['ada@example.com', null])
})

it('with its versions beside, a model with an empty Clerk id is taken as it is', async () => {
  const { prisma, rows } = await openPostgres()
  await rows(`create table bare_people (id serial primary key, auth_id text unique, email text, deleted_at timestamptz);
    create table clerk_versions (table_name text, id text, version text not null, deleted_at timestamp(3),
      primary key (table_name, id))`)
  const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, { users: 'bare', versions: 'clerkVersion' }) })
  await rows("insert into bare_people (email) values ('here@example.com')")
  await clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))
  expect(await rows('select auth_id from bare_people order by id')).toEqual([{ auth_id: null }, { auth_id: 'user_1' }])
  await clerkSync.apply(userEvent('user.deleted', 'user_1', 1_760_000_000_001))
  expect(await rows('select auth_id from bare_people')).toEqual([{ auth_id: null }])
})
