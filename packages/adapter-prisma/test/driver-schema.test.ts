import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { prismaPostgres, stream } from './kit/postgres.ts'
import { PrismaClient as PrismaClient6 } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaPg as PrismaPg6 } from './prisma6/drivers.ts'

const TABLES = ['users', 'welcomes', 'events']

describe.for([
  [
    'Prisma 7',
    (connectionString: string, schema: string) =>
      new PrismaClient({ adapter: new PrismaPg({ connectionString, stream }, { schema }) }),
  ],
  [
    'Prisma 6',
    (connectionString: string, schema: string) =>
      // Both clients are of one schema, and TypeScript takes their classes for different ones.
      new PrismaClient6({
        adapter: new PrismaPg6({ connectionString, stream }, { schema }),
      }) as unknown as PrismaClient,
  ],
] as const)('%s, with a schema that the driver adapter names', ([, clientOf]) => {
  it('writes models that name none there, as Prisma reads them, and not where search_path leads', async () => {
    const { url, query } = await prismaPostgres('prisma_driver_schema', onTestFinished)
    await query('create schema "tenant 1"')
    for (const table of TABLES) await query(`create table "tenant 1".${table} (like public.${table} including all)`)
    const prisma = clientOf(url, 'tenant 1')
    onTestFinished(() => prisma.$disconnect())
    const adapter = prismaAdapter(prisma, { users: 'user', events: 'clerkEvent' })
    const clerkSync = createClerkSync({
      adapter,
      on: {
        'user.created': ({ event, tx }) => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
      },
    })
    const event = userEvent('user.created', 'user_1', 1_760_000_000_000)
    expect(await clerkSync.apply(event)).toBe('created')
    expect(await clerkSync.apply(event)).toBe('duplicate')
    for (const table of TABLES) {
      expect(await query(`select 1 from "tenant 1".${table}`), table).toHaveLength(1)
      expect(await query(`select 1 from public.${table}`), table).toEqual([])
    }
    expect(await adapter.find('user', 'user_1')).toMatchObject({ row: { id: 'user_1' } })
    await query('drop table public.users, public.events')
    expect(await clerkSync.check()).toEqual([])
  })
})
