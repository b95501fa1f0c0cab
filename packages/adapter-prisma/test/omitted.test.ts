// A client may leave the library's own columns out of what the application reads.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/sqlite/prisma/client.ts'
import { prismaSqlite } from './kit/sqlite.ts'
import { PrismaClient as PrismaClient6 } from './prisma6/.generated/sqlite/prisma/client.ts'
import { PrismaBetterSQLite3 as PrismaBetterSqlite3Of6 } from './prisma6/drivers.ts'

const AT = 1_760_000_000_000

type Omit = { readonly [Field in 'id' | 'clerkVersion' | 'deletedAt']?: true }

describe.for([
  [
    'Prisma 7',
    (url: string, user: Omit) => new PrismaClient({ adapter: new PrismaBetterSqlite3({ url }), omit: { user } }),
  ],
  [
    'Prisma 6',
    (url: string, user: Omit) =>
      // Both clients are of one schema, and TypeScript takes their classes for different ones.
      new PrismaClient6({
        adapter: new PrismaBetterSqlite3Of6({ url }),
        omit: { user },
      }) as unknown as PrismaClient,
  ],
] as const)('%s, with a client that omits', ([, clientOf]) => {
  it.for<[string, Omit]>([
    ['the version', { clerkVersion: true }],
    ['the date of the delete', { deletedAt: true }],
    ['all that is not the application’s', { id: true, clerkVersion: true, deletedAt: true }],
  ])('%s, find tells which rows are synced, and which deleted', async ([, omit]) => {
    const { file, insert } = await prismaSqlite(onTestFinished)
    const prisma = clientOf(`file:${file}`, omit)
    onTestFinished(() => prisma.$disconnect())
    const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }) })
    await insert('users', { id: 'user_own', email: 'own@example.com' })
    await clerkSync.apply(userEvent('user.created', 'user_synced', AT))
    await clerkSync.apply(userEvent('user.deleted', 'user_deleted', AT))
    const adapter = prismaAdapter(prisma, { users: 'user' })
    const found = await Promise.all(['user_own', 'user_synced', 'user_deleted'].map((id) => adapter.find('user', id)))
    expect(found.map((one) => one && { synced: one.synced, deleted: one.deleted })).toEqual([
      { synced: false, deleted: false },
      { synced: true, deleted: false },
      { synced: true, deleted: true },
    ])
  })
})

it('an extension that takes the version out of the rows is refused, and no row passes for synced', async () => {
  const { file, insert } = await prismaSqlite(onTestFinished)
  const prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  onTestFinished(() => prisma.$disconnect())
  const hiding = prisma.$extends({
    query: {
      user: {
        async findMany({ args, query }) {
          return (await query(args)).map(({ clerkVersion: _, ...row }) => row)
        },
      },
    },
  })
  await insert('users', { id: 'user_own', email: 'own@example.com' })
  await expect(prismaAdapter(hiding, { users: 'user' }).find('user', 'user_own')).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/User\.clerkVersion is not in what prisma:sqlite reads/),
  })
})
