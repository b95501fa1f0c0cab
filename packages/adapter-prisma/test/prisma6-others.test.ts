import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as Sqlite7Client } from './.generated/sqlite/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { besideShapes, shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'
import { PrismaClient as MysqlClient } from './prisma6/.generated/mysql/prisma/client.ts'
import { PrismaClient as MysqlBesideClient } from './prisma6/.generated/mysql-beside/prisma/client.ts'
import { PrismaClient as SqliteClient } from './prisma6/.generated/sqlite/prisma/client.ts'
import { PrismaClient as SqliteBesideClient } from './prisma6/.generated/sqlite-beside/prisma/client.ts'
import { PrismaBetterSQLite3 as PrismaBetterSqlite6, PrismaMariaDb } from './prisma6/drivers.ts'

const openMysql = (server: 'mysql' | 'mariadb') => async () => {
  const { url } = await prismaMysql(server, 'prisma_6_others', onTestFinished, 'latin1_general_cs')
  const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
  onTestFinished(() => prisma.$disconnect())
  return prisma
}

const openSqlite = (timestampFormat: 'iso8601' | 'unixepoch-ms') => async () => {
  const { file } = await prismaSqlite(onTestFinished)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite6({ url: file }, { timestampFormat }) })
  onTestFinished(() => prisma.$disconnect())
  // The clients of two databases have the same models, and types of their own.
  return prisma as unknown as MysqlClient
}

const openSqlite7 = async () => {
  const { file } = await prismaSqlite(onTestFinished)
  const driver = new PrismaBetterSqlite3({ url: file }, { timestampFormat: 'unixepoch-ms' })
  const prisma = new Sqlite7Client({ adapter: driver })
  onTestFinished(() => prisma.$disconnect())
  return prisma as unknown as MysqlClient
}

const at = 1_760_000_000_123

describe.for([
  ['Prisma 6 on MySQL', openMysql('mysql')],
  ['Prisma 6 on MariaDB', openMysql('mariadb')],
  ['Prisma 6 on SQLite, with dates as text', openSqlite('iso8601')],
  ['Prisma 6 on SQLite, with dates in ms', openSqlite('unixepoch-ms')],
  ['Prisma 7 on SQLite, with dates in ms', openSqlite7],
] as const)('%s', ([, open]) => {
  it('a life, out of order and twice, reads back through Prisma as it was meant', async () => {
    const prisma = await open()
    const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain) })
    const find = () => prisma.user.findUniqueOrThrow({ where: { id: 'user_1' } })
    const data = {
      ...withEmail('ada@example.com'),
      first_name: 'Ada 😀',
      banned: true,
      last_sign_in_at: at - 1,
      public_metadata: { plan: 'pro', tags: ['ä', null] },
    }
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at, data))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at - 10, { first_name: 'late' }))).toBe('stale')
    expect(await find()).toEqual({
      id: 'user_1',
      email: 'ada@example.com',
      firstName: 'Ada 😀',
      banned: true,
      publicMetadata: { plan: 'pro', tags: ['ä', null] },
      lastSignInAt: new Date(at - 1),
      tagline: 'hello',
      score: 7,
      clerkVersion: expect.stringMatching(/^\d{33}$/),
      deletedAt: null,
    })
    await prisma.user.update({ where: { id: 'user_1' }, data: { tagline: 'mine' } })
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 5, { last_sign_in_at: null }))).toBe(
      'updated',
    )
    expect(await find()).toMatchObject({ lastSignInAt: null, tagline: 'mine', firstName: null, banned: false })
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 9))).toBe('deleted')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 20, data))).toBe('already_deleted')
    expect(await find()).toMatchObject({
      deletedAt: new Date(at + 9),
      email: null,
      publicMetadata: null,
      tagline: 'mine',
    })
  })

  it('a tombstone that keeps its values is the latest delete and the newest snapshot', async () => {
    const prisma = await open()
    const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain), onDelete: 'keep' })
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 9))).toBe('deleted')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at, { first_name: 'Ada' }))).toBe(
      'already_deleted',
    )
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_1', at - 1000))).toBe('already_deleted')
    const row = await prisma.user.findUniqueOrThrow({ where: { id: 'user_1' } })
    expect(row).toMatchObject({ deletedAt: new Date(at + 9), firstName: 'Ada' })
  })

  it('a hook writes once, nothing when it throws, and a clash is told', async () => {
    const prisma = await open()
    let failing = true
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(prisma, shapes.uniqueFirst),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
          if (failing) throw new Error('not now')
        },
      },
    })
    const event = userEvent('user.created', 'user_1', at, withEmail('ada@example.com'))
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await prisma.uniqueFirstUser.count()).toBe(0)
    failing = false
    const outcomes = await Promise.all([event, event, event].map((one) => clerkSync.apply(one)))
    expect(outcomes.sort()).toEqual(['created', 'duplicate', 'duplicate'])
    expect(await prisma.welcome.findMany()).toEqual([{ userId: 'user_1', eventId: event.id }])
    const clash = userEvent('user.updated', 'user_2', at, withEmail('ada@example.com'))
    await expect(clerkSync.apply(clash)).rejects.toMatchObject({ code: 'unique_conflict', status: 503 })
    expect(await prisma.uniqueFirstUser.count()).toBe(1)
    expect(await prisma.clerkEvent.findMany()).toMatchObject([{ id: event.id, occurredAt: new Date(at) }])
  })
})

const openMysqlBeside = (server: 'mysql' | 'mariadb') => async () => {
  const { url } = await prismaMysql(server, 'prisma_6_others', onTestFinished, 'latin1_general_cs', 'beside')
  const prisma = new MysqlBesideClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
  onTestFinished(() => prisma.$disconnect())
  return prisma
}

const openSqliteBeside = (timestampFormat: 'iso8601' | 'unixepoch-ms') => async () => {
  const { file } = await prismaSqlite(onTestFinished, undefined, 'beside')
  const prisma = new SqliteBesideClient({ adapter: new PrismaBetterSqlite6({ url: file }, { timestampFormat }) })
  onTestFinished(() => prisma.$disconnect())
  return prisma as unknown as MysqlBesideClient
}

describe.for([
  ['Prisma 6 on MySQL', openMysqlBeside('mysql')],
  ['Prisma 6 on MariaDB', openMysqlBeside('mariadb')],
  ['Prisma 6 on SQLite, with dates as text', openSqliteBeside('iso8601')],
  ['Prisma 6 on SQLite, with dates in ms', openSqliteBeside('unixepoch-ms')],
] as const)('%s, versions beside', ([, open]) => {
  it.for([false, true])('a life, out of order and twice, ends without a row; with a hook: %s', async (hooked) => {
    const prisma = await open()
    const seen: unknown[] = []
    const adapter = prismaAdapter(prisma, besideShapes.plain)
    const withHooks = createClerkSync({
      adapter,
      on: {
        'user.updated': async ({ tx }) => void (await tx.user.updateMany({ data: { tagline: 'mine' } })),
        'user.deleted': async ({ tx }) => void seen.push(await tx.user.count()),
      },
    })
    const clerkSync = hooked ? withHooks : createClerkSync({ adapter })
    const updated = userEvent('user.updated', 'user_1', at, { ...withEmail('ada@example.com'), first_name: 'Ada' })
    expect(await clerkSync.apply(updated)).toBe('created')
    expect(await clerkSync.apply(updated)).toBe(hooked ? 'duplicate' : 'unchanged')
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at - 10))).toBe('stale')
    expect(await prisma.user.findMany()).toMatchObject([
      { id: 'user_1', firstName: 'Ada', tagline: hooked ? 'mine' : 'hello' },
    ])
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 9))).toBe('deleted')
    expect(seen).toEqual(hooked ? [1] : [])
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 20))).toBe('already_deleted')
    expect(await prisma.user.findMany()).toEqual([])
    expect(await prisma.version.findMany()).toMatchObject([
      { tableName: 'users', id: 'user_1', deletedAt: new Date(at + 9) },
    ])
  })
})
