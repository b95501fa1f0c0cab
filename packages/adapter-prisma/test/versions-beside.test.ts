// An application that was there before, with the README's schema: its tables are not altered, and its rows are deleted
// when Clerk deletes a user. The model User is that of Clerk's skill for Prisma, as it stands there, with posts that refer
// to it; adapter-drizzle/test/guide-schemas.test.ts has the other guides.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/readme/beside/prisma/client.ts'
import { PrismaClient as MysqlClient } from './.generated/readme-mysql/beside/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/readme-sqlite/beside/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'

/** The migrations that the README shows. */
const MIGRATIONS = Array.from(
  readFileSync(join(import.meta.dirname, '../README.md'), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g),
  ([, statement = '']) => statement,
)

type OnDelete = 'cascade' | 'restrict'

/** What `prisma migrate` makes of the application's models; the ledger beside them. */
const tables = (text: string, time: string, onDelete: OnDelete) => [
  `create table "User" ("id" ${text} not null primary key, "email" ${text} not null, "firstName" ${text}, "lastName" ${text},
    "imageUrl" ${text}, "createdAt" ${time} not null default CURRENT_TIMESTAMP, "updatedAt" ${time} not null)`,
  'create unique index "User_email_key" on "User" ("email")',
  `create table "Post" ("id" ${text} not null primary key, "title" ${text} not null, "authorId" ${text} not null,
    constraint "Post_authorId_fkey" foreign key ("authorId") references "User" ("id") on delete ${onDelete} on update cascade)`,
  `create table "OrganizationMembership" ("id" ${text} not null primary key, "userId" ${text} not null,
    "organizationId" ${text} not null, "role" ${text} not null)`,
  'create unique index "OrganizationMembership_key" on "OrganizationMembership" ("userId", "organizationId")',
  `create table "ClerkEvent" ("id" ${text} not null primary key, "type" ${text} not null, "entityId" ${text},
    "occurredAt" ${time} not null, "processedAt" ${time} not null)`,
]

interface Application {
  /** The three clients have the same models, and types of their own. */
  readonly prisma: PrismaClient
  readonly clerkSync: ClerkSync
  /** Past Prisma and the adapter; on MySQL too, names stand in double quotes. */
  readonly query: Query
  /** What the hook of a delete saw. */
  readonly seen: unknown[]
}

interface Setting {
  readonly onDelete?: OnDelete
  /** What a delete does. Default: the row goes. */
  readonly mode?: 'erase' | 'keep'
  /** What the hook of a delete does with the posts; it looks in any case. */
  readonly removesPosts?: boolean
}

function application(prisma: PrismaClient, query: Query, { removesPosts, mode }: Setting): Application {
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: prismaAdapter(prisma, {
      users: 'user',
      organizationMemberships: 'organizationMembership',
      versions: 'clerkVersion',
      events: 'clerkEvent',
    }),
    map: {
      user: (_, { id, email, firstName, lastName, imageUrl }) => ({
        email: email ?? `${id}@no-email.invalid`,
        firstName,
        lastName,
        imageUrl,
      }),
      ...(mode && { deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }) }),
    },
    onDelete: mode ?? 'remove',
    on: {
      'user.deleted': {
        before: true,
        run: async ({ tx, before }) => {
          const where = { authorId: before?.id ?? '' }
          seen.push(before?.email, await tx.post.count({ where }))
          if (removesPosts) await tx.post.deleteMany({ where })
        },
      },
    },
  })
  onTestFinished(() => prisma.$disconnect())
  return { prisma, clerkSync, query, seen }
}

async function openPostgres(setting: Setting): Promise<Application> {
  const connectionString = await freshDatabase('postgres', 'prisma_beside')
  const query = rawPostgres(connectionString, onTestFinished)
  const all = tables('text', 'timestamp(3)', setting.onDelete ?? 'cascade')
  for (const statement of [...all, MIGRATIONS[0] ?? '']) await query(statement)
  return application(new PrismaClient({ adapter: new PrismaPg({ connectionString }) }), query, setting)
}

const openMysql = (server: 'mysql' | 'mariadb') => async (setting: Setting) => {
  const url = await freshDatabase(server, 'prisma_beside')
  const raw = rawMysql(url, onTestFinished)
  const query: Query = (text, values) => raw(text.replaceAll('"', '`'), values)
  const all = tables('varchar(191)', 'datetime(3)', setting.onDelete ?? 'cascade').map((statement) =>
    statement
      .replace('CURRENT_TIMESTAMP', 'CURRENT_TIMESTAMP(3)')
      .replace(/^(create table .*)$/s, '$1 default character set utf8mb4 collate utf8mb4_unicode_ci'),
  )
  for (const statement of [...all, MIGRATIONS[1] ?? '']) await query(statement)
  const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
  return application(prisma as unknown as PrismaClient, query, setting)
}

async function openSqlite(setting: Setting): Promise<Application> {
  const { file, query } = rawSqlite(onTestFinished)
  const all = tables('TEXT', 'DATETIME', setting.onDelete ?? 'cascade')
  for (const statement of [...all, MIGRATIONS[2] ?? '']) await query(statement)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  return application(prisma as unknown as PrismaClient, query, setting)
}

const AT = 1_760_000_000_000
const ada = (type: 'created' | 'updated' | 'deleted', at: number, address = 'ada@example.com') =>
  userEvent(`user.${type}`, 'user_1', AT + at, { ...withEmail(address), first_name: 'Ada', last_name: 'King' })

describe.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
] as const)('Versions beside an application with the User of Clerk’s skill, %s', ([, open]) => {
  it('a deleted user is gone with its posts, stays gone, and gives the e-mail address back', async () => {
    const { prisma, clerkSync, query, seen } = await open({})
    const problems = (await clerkSync.check()).filter(({ table }) => table !== '(connections)')
    expect(problems).toMatchObject([{ severity: 'warning', table: 'User', column: 'email' }])
    expect(await clerkSync.apply(ada('created', 1))).toBe('created')
    await prisma.post.create({ data: { title: 'Notes', author: { connect: { email: 'ada@example.com' } } } })
    const include = { posts: { select: { title: true } } }
    expect(await prisma.user.findUnique({ where: { id: 'user_1' }, include })).toEqual({
      id: 'user_1',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'King',
      imageUrl: null,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      posts: [{ title: 'Notes' }],
    })
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ row: { email: 'ada@example.com' } })
    expect(await clerkSync.apply(ada('deleted', 3))).toBe('deleted')
    expect(seen).toEqual(['ada@example.com', 1])
    expect(await query('select * from "Post"')).toEqual([])
    expect(await clerkSync.find('user', 'user_1')).toBeUndefined()
    expect(await clerkSync.apply(ada('updated', 2, 'late@example.com'))).toBe('already_deleted')
    const again = userEvent('user.created', 'user_2', AT + 4, withEmail('ada@example.com'))
    expect(await clerkSync.apply(again)).toBe('created')
    expect(await query('select "id", "email" from "User"')).toEqual([{ id: 'user_2', email: 'ada@example.com' }])
    expect(await prisma.clerkVersion.findMany({ where: { deletedAt: { not: null } } })).toEqual([
      { tableName: 'User', id: 'user_1', version: expect.stringMatching(/^9{13}\d{20}$/), deletedAt: new Date(AT + 3) },
    ])
  })

  it('who signs up again with the address of a deleted user is stored, also where that event comes first', async () => {
    const { prisma, clerkSync, query } = await open({})
    await clerkSync.apply(ada('created', 1))
    await prisma.post.create({ data: { title: 'Notes', authorId: 'user_1' } })
    const again = userEvent('user.created', 'user_2', AT + 4, withEmail('ada@example.com'))
    expect(await deliver(clerkSync, [again, ada('deleted', 3), ada('updated', 2, 'late@example.com')])).toEqual([])
    expect(await query('select "id", "email" from "User"')).toEqual([{ id: 'user_2', email: 'ada@example.com' }])
    expect(await query('select "id" from "Post"')).toEqual([])
  })

  it('an erased user keeps the row and what refers to it, and the README’s view gives the live ones', async () => {
    const { prisma, clerkSync, query, seen } = await open({ mode: 'erase', onDelete: 'restrict' })
    await query(MIGRATIONS[3] ?? '')
    await prisma.user.create({ data: { id: 'user_old', email: 'old@example.com' } })
    await clerkSync.apply(ada('created', 1))
    await prisma.post.create({ data: { title: 'Notes', authorId: 'user_1' } })
    expect(await clerkSync.apply(ada('deleted', 3))).toBe('deleted')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_never_seen', AT + 3))).toBe('deleted')
    expect(await clerkSync.apply(ada('updated', 2, 'late@example.com'))).toBe('already_deleted')
    expect(seen).toEqual(['ada@example.com', 1, undefined, 0])
    const rows = await query('select "id", "email", "firstName" from "User" order by "id"')
    expect(rows).toEqual([
      { id: 'user_1', email: 'user_1@deleted.invalid', firstName: null },
      { id: 'user_never_seen', email: 'user_never_seen@deleted.invalid', firstName: null },
      { id: 'user_old', email: 'old@example.com', firstName: null },
    ])
    expect(await query('select "title" from "Post"')).toEqual([{ title: 'Notes' }])
    expect(await query('select "id" from "live_users"')).toEqual([{ id: 'user_old' }])
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ deleted: true, row: { firstName: null } })
  })

  it('a kept user stays as it was, takes late events in their order, and is not in the view of live ones', async () => {
    const { prisma, clerkSync, query } = await open({ mode: 'keep', onDelete: 'restrict' })
    await query(MIGRATIONS[3] ?? '')
    await prisma.user.create({ data: { id: 'user_old', email: 'old@example.com' } })
    await clerkSync.apply(ada('created', 1))
    await prisma.post.create({ data: { title: 'Notes', authorId: 'user_1' } })
    expect(await clerkSync.apply(ada('deleted', 4))).toBe('deleted')
    expect(await clerkSync.apply(ada('updated', 3, 'late@example.com'))).toBe('already_deleted')
    expect(await clerkSync.apply(ada('updated', 2, 'older@example.com'))).toBe('already_deleted')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_never_seen', AT + 4))).toBe('deleted')
    expect(await query('select "id", "email" from "User" order by "id"')).toEqual([
      { id: 'user_1', email: 'late@example.com' },
      { id: 'user_never_seen', email: 'user_never_seen@deleted.invalid' },
      { id: 'user_old', email: 'old@example.com' },
    ])
    expect(await query('select "title" from "Post"')).toEqual([{ title: 'Notes' }])
    expect(await query('select "id" from "live_users"')).toEqual([{ id: 'user_old' }])
  })

  it('a row that was there before is updated and removed like any other', async () => {
    const { prisma, clerkSync, query } = await open({})
    const posts = { create: { title: 'Old' } }
    await prisma.user.create({ data: { id: 'user_1', email: 'old@example.com', posts } })
    expect(await clerkSync.apply(ada('updated', 1))).toBe('updated')
    expect(await query('select "email", "firstName" from "User"')).toEqual([
      { email: 'ada@example.com', firstName: 'Ada' },
    ])
    expect(await query('select "title" from "Post"')).toEqual([{ title: 'Old' }])
    expect(await clerkSync.apply(ada('deleted', 2))).toBe('deleted')
    expect(await query('select "id" from "User"')).toEqual([])
    expect(await query('select "id" from "Post"')).toEqual([])
  })

  it('a relation that forbids the removal is reference_held, until a hook removes what refers', async () => {
    const held = await open({ onDelete: 'restrict' })
    await held.clerkSync.apply(ada('created', 1))
    await held.prisma.post.create({ data: { title: 'Notes', authorId: 'user_1' } })
    await expect(held.clerkSync.apply(ada('deleted', 2))).rejects.toMatchObject({
      code: 'reference_held',
      status: 503,
    })
    expect(await held.query('select "id" from "User"')).toEqual([{ id: 'user_1' }])
    expect(await held.query('select "id" from "clerk_versions" where "deleted_at" is not null')).toEqual([])

    const { clerkSync, prisma, query } = await open({ onDelete: 'restrict', removesPosts: true })
    await clerkSync.apply(ada('created', 1))
    await prisma.post.create({ data: { title: 'Notes', authorId: 'user_1' } })
    expect(await clerkSync.apply(ada('deleted', 2))).toBe('deleted')
    expect(await query('select "id" from "User"')).toEqual([])
  })

  it('a member who left comes back, in every order of arrival', async () => {
    const { clerkSync, prisma } = await open({})
    for (const arrival of ARRIVALS) {
      await prisma.organizationMembership.deleteMany()
      await prisma.clerkVersion.deleteMany()
      await prisma.clerkEvent.deleteMany()
      const events = rejoining()
      const refusals = await deliver(
        clerkSync,
        arrival.map((event) => events[event]),
      )
      expect([arrival, refusals]).toEqual([arrival, []])
      expect(await prisma.organizationMembership.findMany({ select: { id: true } })).toEqual([{ id: 'orgmem_2' }])
    }
  })

  it('check finds a table of versions that is missing or has another key, and a version that was left in a table', async () => {
    const { clerkSync, query } = await open({})
    const errors = async () =>
      (await clerkSync.check()).filter(({ severity }) => severity === 'error').map(({ message }) => message)
    await query(`alter table "User" add "clerkVersion" varchar(34) not null default '0'`)
    await query('drop table "clerk_versions"')
    expect(await errors()).toEqual([
      expect.stringMatching(/^User still has the column clerkVersion.*503 while you move the versions/),
      'The table ClerkVersion is not in the database. Run your migrations.',
    ])
    await query(`create table "clerk_versions" ("table_name" varchar(64) not null, "id" varchar(64) primary key,
      "version" varchar(64) not null, "deleted_at" date)`)
    expect(await errors()).toEqual([
      expect.stringMatching(/^User still has/),
      expect.stringMatching(/^ClerkVersion has no primary key on table_name and id, by which a version is raised/),
      expect.stringMatching(/^ClerkVersion is unique on one of table_name and id alone/),
    ])
  })
})
