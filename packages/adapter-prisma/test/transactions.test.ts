import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { testPooledHooks } from '@clerk-sync/test-support/pooled-hooks'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { type Prisma, PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'

const at = 1_760_000_000_000

function clientOf(connectionString: string, max: number): PrismaClient {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, max }) })
  onTestFinished(() => prisma.$disconnect())
  return prisma
}

async function openSqlite(journal?: 'DELETE'): Promise<{ prisma: SqliteClient; file: string }> {
  const { file } = await prismaSqlite(onTestFinished, journal)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file, timeout: 50 }) })
  onTestFinished(() => prisma.$disconnect())
  return { prisma, file }
}

testPooledHooks([
  [
    'PostgreSQL',
    async () => {
      const { url, query } = await prismaPostgres('prisma_pool', onTestFinished)
      return {
        sync: (connections, hook) =>
          createClerkSync({
            adapter: prismaAdapter(clientOf(url, connections), shapes.plain),
            on: {
              'user.created': ({ event, tx }) =>
                hook(
                  () => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
                  (text) => tx.$executeRawUnsafe(text),
                ),
            },
          }),
        countWelcomes: async () => (await query('select * from welcomes')).length,
      }
    },
  ],
  [
    'MySQL',
    async () => {
      const { url, query } = await prismaMysql('mysql', 'prisma_pool', onTestFinished)
      return {
        sync(connections, hook) {
          const prisma = new MysqlClient({
            adapter: new PrismaMariaDb({ ...poolConfig(url), connectionLimit: connections }),
          })
          onTestFinished(() => prisma.$disconnect())
          return createClerkSync({
            adapter: prismaAdapter(prisma, shapes.plain),
            on: {
              'user.created': ({ event, tx }) =>
                hook(
                  () => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
                  (text) => tx.$executeRawUnsafe(text),
                ),
            },
          })
        },
        countWelcomes: async () => (await query('select * from welcomes')).length,
      }
    },
  ],
])

describe('On PostgreSQL', () => {
  it.for<[string, (tx: Prisma.TransactionClient) => Promise<unknown>]>([
    ['a template', (tx) => tx.$executeRaw`rollback`],
    ['a template that is read', (tx) => tx.$queryRaw`commit`],
    ['a text that is read', (tx) => tx.$queryRawUnsafe('-- audit\ncommit')],
  ])('a hook ends no transaction with %s', async ([, end]) => {
    const { url, query } = await prismaPostgres('prisma_ends', onTestFinished)
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(clientOf(url, 2), shapes.plain),
      on: {
        'user.created': async ({ event, tx }) => {
          await end(tx).catch(() => {})
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }).catch(() => {})
        },
      },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', at))).rejects.toMatchObject({
      code: 'hook_failed',
      message: expect.stringMatching(/tried to begin or end the transaction/),
    })
    for (const table of ['users', 'events', 'welcomes']) expect(await query(`select 1 from ${table}`)).toEqual([])
  })

  it('a hook that takes longer than its timeout leaves nothing, and passes for nothing', async () => {
    const { url } = await prismaPostgres('prisma_transactions', onTestFinished)
    const prisma = clientOf(url, 2)
    const adapter = prismaAdapter(prisma, shapes.plain, { transaction: { timeout: 100 } })
    const clerkSync = createClerkSync({
      adapter,
      on: { 'user.created': () => new Promise((resolve) => setTimeout(resolve, 300)) },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_slow', at))).rejects.toMatchObject({
      code: 'store_failed',
      cause: expect.objectContaining({ code: 'P2028' }),
    })
    expect(await prisma.user.count()).toBe(0)
  })
})

describe('On SQLite', () => {
  it('another delivery’s write does not ride in the transaction of a hook that fails', async () => {
    const { prisma } = await openSqlite()
    const entered = Promise.withResolvers<void>()
    const leave = Promise.withResolvers<void>()
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(prisma, shapes.plain),
      on: {
        'user.created': async () => {
          entered.resolve()
          await leave.promise
          throw new Error('not now')
        },
      },
    })
    const failing = clerkSync.apply(userEvent('user.created', 'user_failing', at))
    await entered.promise
    const other = clerkSync.apply(userEvent('user.updated', 'user_other', at))
    leave.resolve()
    await expect(failing).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await other).toBe('created')
    expect(await prisma.user.findMany({ select: { id: true } })).toEqual([{ id: 'user_other' }])
  })

  it('a commit that is refused while another process reads does not leave the client in a transaction', async () => {
    // As SQLite makes files by itself: a reader keeps a writer from committing.
    const { prisma, file } = await openSqlite('DELETE')
    const reader = new Database(file)
    onTestFinished(() => {
      reader.close()
    })
    const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain) })
    reader.exec('begin; select * from users')
    const written = clerkSync.apply(userEvent('user.updated', 'user_1', at))
    const next = clerkSync.apply(userEvent('user.updated', 'user_2', at))
    setTimeout(() => reader.exec('commit'), 500)
    expect(await Promise.all([written, next])).toEqual(['created', 'created'])
    expect(await prisma.user.count()).toBe(2)
  })

  it('a write that Prisma has given up at its timeout leaves the transaction alone that the application has open', async () => {
    const { file } = await prismaSqlite(onTestFinished)
    const wrote = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const prisma = new SqliteClient({ adapter: answeringLate(file, () => wrote.resolve(), release.promise) })
    onTestFinished(() => prisma.$disconnect())
    const adapter = prismaAdapter(prisma, shapes.plain, { transaction: { timeout: 1_000 } })
    const written = createClerkSync({ adapter }).apply(userEvent('user.created', 'user_late', at))
    const ended = written.catch((error: unknown) => error)
    await wrote.promise
    // It begins as soon as the other one is rolled back: there is one connection.
    const own = prisma.$transaction(
      async (tx) => {
        await tx.user.create({ data: { id: 'user_own' } })
        await ended
      },
      { maxWait: 5_000 },
    )
    setTimeout(release.resolve, 1_500)
    await own
    expect(await ended).toMatchObject({ code: 'store_failed', cause: { code: 'P2028' } })
    expect(await prisma.user.findMany({ select: { id: true } })).toEqual([{ id: 'user_own' }])
  })
})

/** A driver whose first write in a transaction is carried out, and answered when it is let. */
function answeringLate(file: string, wrote: () => void, released: Promise<void>) {
  const factory = new PrismaBetterSqlite3({ url: file, timeout: 50 })
  let isFirst = true
  const connect = async () => {
    const connected = await factory.connect()
    const startTransaction: typeof connected.startTransaction = async (isolation) => {
      const open = await connected.startTransaction(isolation)
      const queryRaw: typeof open.queryRaw = async (query) => {
        const result = await open.queryRaw(query)
        if (isFirst && /^insert/i.test(query.sql)) {
          isFirst = false
          wrote()
          await released
        }
        return result
      }
      // They have private fields.
      const [commit, rollback] = [() => open.commit(), () => open.rollback()]
      return Object.assign(Object.create(open), { queryRaw, commit, rollback })
    }
    return Object.assign(Object.create(connected), { startTransaction, dispose: () => connected.dispose() })
  }
  return { provider: factory.provider, adapterName: factory.adapterName, connect } as const
}
