// What an extension of the application's client makes of the transaction of a hook.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import type { KitTables } from '@clerk-sync/test-support/kit-tables'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'
import { PrismaClient as Postgres6Client } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaPg as PrismaPg6 } from './prisma6/drivers.ts'

interface Store {
  /** The clients differ in their types alone: each has the kit's models. */
  readonly prisma: PrismaClient
  readonly query: KitTables['query']
}

async function postgres(): Promise<Store> {
  const { url, query } = await prismaPostgres('prisma_extensions', onTestFinished)
  return { prisma: new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 4 }) }), query }
}

async function postgresWithPrisma6(): Promise<Store> {
  const { url, query } = await prismaPostgres('prisma_extensions', onTestFinished)
  const prisma = new Postgres6Client({ adapter: new PrismaPg6({ connectionString: url, max: 4 }) })
  return { prisma: prisma as unknown as PrismaClient, query }
}

async function mysql(server: 'mysql' | 'mariadb'): Promise<Store> {
  const { url, query } = await prismaMysql(server, 'prisma_extensions', onTestFinished)
  const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(url)) })
  return { prisma: prisma as unknown as PrismaClient, query }
}

async function sqlite(): Promise<Store> {
  const { file, query } = await prismaSqlite(onTestFinished)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  return { prisma: prisma as unknown as PrismaClient, query }
}

const stores: readonly [string, () => Promise<Store>][] = [
  ['PostgreSQL', postgres],
  ['PostgreSQL, with Prisma 6', postgresWithPrisma6],
  ['MySQL', () => mysql('mysql')],
  ['MariaDB', () => mysql('mariadb')],
  ['SQLite', sqlite],
]

type Operation = { readonly args: unknown; readonly query: (args: never) => Promise<unknown> }

/** As in Prisma's documentation, with `set_config` for a tenant: https://www.prisma.io/docs/orm/prisma-client/client-extensions */
function ofItsOwn(prisma: PrismaClient) {
  return async ({ args, query }: Operation): Promise<unknown> => {
    const [, result] = await prisma.$transaction([prisma.$queryRawUnsafe('select 1'), query(args as never) as never])
    return result
  }
}

const leaving = {
  'models alone': (prisma: PrismaClient) =>
    prisma.$extends({ query: { $allModels: { $allOperations: ofItsOwn(prisma) } } }),
  'all operations': (prisma: PrismaClient) => prisma.$extends({ query: { $allOperations: ofItsOwn(prisma) } }),
}

const event = userEvent('user.created', 'user_1', 1_760_000_000_000)

async function countsOf(query: Store['query']): Promise<Record<string, number>> {
  const count = async (table: string) => (await query(`select 1 from ${table}`)).length
  return { users: await count('users'), welcomes: await count('welcomes'), events: await count('events') }
}

function syncOf(client: object, afterwards: () => void = () => {}) {
  return createClerkSync({
    adapter: prismaAdapter(client as PrismaClient, shapes.plain),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        afterwards()
      },
    },
  })
}

describe.for(stores)('On %s', ([, open]) => {
  it.for(['models alone', 'all operations'] as const)(
    'an extension that gives %s a transaction of their own is refused, and nothing is kept',
    async (which) => {
      const { prisma, query } = await open()
      onTestFinished(() => prisma.$disconnect())
      const delivery = syncOf(leaving[which](prisma)).apply(event)
      await expect(delivery).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining('Give prismaAdapter the client without that extension'),
      })
      expect(await countsOf(query)).toEqual({ users: 0, welcomes: 0, events: 0 })

      expect(await syncOf(prisma).apply(event)).toBe('created')
      expect(await countsOf(query)).toEqual({ users: 1, welcomes: 1, events: 1 })
    },
  )

  it('find sees a deleted row that an extension hides, and what the extension makes of the others', async () => {
    const { prisma } = await open()
    onTestFinished(() => prisma.$disconnect())
    const hiding = prisma.$extends({
      query: {
        user: { findMany: ({ args, query }) => query({ ...args, where: { ...args.where, deletedAt: null } }) },
      },
      result: { user: { greeting: { needs: { firstName: true }, compute: (user) => `Hello ${user.firstName}` } } },
    })
    const clerkSync = createClerkSync({ adapter: prismaAdapter(hiding as unknown as PrismaClient, shapes.plain) })
    const at = 1_760_000_000_000
    await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ deleted: false, row: { greeting: 'Hello Ada' } })
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ deleted: true, row: { id: 'user_1' } })
    expect(await clerkSync.find('user', 'user_2')).toBeUndefined()
  })

  it('a hook that catches that refusal is refused all the same', async () => {
    const { prisma, query } = await open()
    onTestFinished(() => prisma.$disconnect())
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(leaving['models alone'](prisma) as unknown as PrismaClient, shapes.plain),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }).catch(() => {})
        },
      },
    })
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'config_invalid' })
    expect(await countsOf(query)).toEqual({ users: 0, welcomes: 0, events: 0 })
  })

  it('an extension that stays in the transaction goes on working, and a hook that fails leaves nothing', async () => {
    const { prisma, query } = await open()
    onTestFinished(() => prisma.$disconnect())
    const seen: string[] = []
    const extended = prisma.$extends({
      query: {
        $allOperations({ operation, args, query }) {
          seen.push(operation)
          return query(args)
        },
      },
    })
    const failing = syncOf(extended, () => {
      throw new Error('not now')
    })
    await expect(failing.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await countsOf(query)).toEqual({ users: 0, welcomes: 0, events: 0 })

    expect(await syncOf(extended).apply(event)).toBe('created')
    expect(await countsOf(query)).toEqual({ users: 1, welcomes: 1, events: 1 })
    expect(seen).toContain('create')
  })
})

describe.for([
  ['Prisma 7', (connectionString: string) => new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 1 }) })],
  [
    'Prisma 6',
    (connectionString: string) => {
      const prisma = new Postgres6Client({ adapter: new PrismaPg6({ connectionString, max: 1 }) })
      return prisma as unknown as PrismaClient
    },
  ],
] as const)('%s, with a pool of one connection', ([, clientOf]) => {
  it.for<[string, (prisma: PrismaClient) => object]>([
    ['a client', (prisma) => prisma],
    [
      'a client with an extension',
      (prisma) => prisma.$extends({ query: { $allOperations: ({ args, query }) => query(args) } }),
    ],
  ])('%s calls a hook that reads the row before for a new user, who has none', async ([, extended]) => {
    const { url } = await prismaPostgres('prisma_extensions', onTestFinished)
    const prisma = clientOf(url)
    onTestFinished(() => prisma.$disconnect())
    const before: unknown[] = []
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(extended(prisma) as PrismaClient, shapes.plain),
      on: { 'user.created': { before: true, run: (context) => void before.push(context.before) } },
    })
    expect(await clerkSync.apply(event)).toBe('created')
    expect(before).toEqual([undefined])
  })
  it('a hook gets the row before also where extensions hide it', async () => {
    const { url } = await prismaPostgres('prisma_extensions', onTestFinished)
    const prisma = clientOf(url)
    onTestFinished(() => prisma.$disconnect())
    const hiding = prisma
      .$extends({ query: { user: { findMany: ({ args, query }) => query({ ...args, where: { id: 'nobody' } }) } } })
      .$extends({ query: { $allOperations: ({ args, query }) => query(args) } })
    const before: unknown[] = []
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(hiding as unknown as PrismaClient, shapes.plain),
      on: { 'user.updated': { before: true, run: (context) => void before.push(context.before) } },
    })
    const at = 1_760_000_000_000
    await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1, { first_name: 'Augusta' }))).toBe(
      'updated',
    )
    expect(before).toMatchObject([{ id: 'user_1', firstName: 'Ada' }])
  })
})
