import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { answerOf } from '@clerk-sync/test-support/database-away'
import { userEvent } from '@clerk-sync/test-support/events'
import { PrismaPg } from '@prisma/adapter-pg'
import { expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

it('on a pool of one connection, a hook that asks the client and not tx is told so, and the next one works', async () => {
  const { url, query } = await prismaPostgres('prisma_deadline', onTestFinished)
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) })
  onTestFinished(() => prisma.$disconnect())
  // Its engine takes its time to start.
  expect(await prisma.welcome.count()).toBe(0)
  let outside: Promise<unknown> = Promise.resolve()
  let isWrong = true
  const clerkSync = createClerkSync({
    adapter: prismaAdapter(prisma, shapes.plain),
    timeoutMs: 500,
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        if (!isWrong) return
        outside = prisma.welcome.count()
        await outside
      },
    },
  })
  const at = 1_760_000_000_000
  const event = userEvent('user.created', 'user_1', at)
  expect(await answerOf(clerkSync, event)).toBe('500 hook_failed')
  expect(await outside).toBe(0)
  expect(await answerOf(clerkSync, userEvent('user.updated', 'user_2', at))).toBe('created')
  isWrong = false
  expect(await answerOf(clerkSync, event)).toBe('created')
  expect(await query('select 1 from welcomes')).toHaveLength(1)
})
