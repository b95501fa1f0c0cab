// CLERK_SYNC_FAULTS=1000 makes the run a long one; npm run faults prints the figures of all drivers.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { faultsOfRun, runFaults, startFaultProxy } from '@clerk-sync/fault-proxy'
import { userEvent } from '@clerk-sync/test-support/events'
import { PrismaPg } from '@prisma/adapter-pg'
import { expect, it, onTestFinished } from 'vitest'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

it('node-postgres: whatever the network does to a statement, nothing acknowledged is lost and nothing happens twice', {
  timeout: 60_000 + 2_000 * faultsOfRun(),
}, async () => {
  const { url: target, query } = await prismaPostgres('prisma_faults', onTestFinished)
  const proxy = await startFaultProxy({ target, protocol: 'postgres' })
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: proxy.url(), max: 2 }) })
  onTestFinished(async () => {
    await prisma.$disconnect()
    await proxy.close()
  })
  const clerkSync = createClerkSync({
    adapter: prismaAdapter(prisma, shapes.plain),
    on: {
      'user.created': ({ event, tx }) => tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } }),
    },
  })
  const events = new Map<number, ReturnType<typeof userEvent>>()
  const figures = await runFaults({
    driver: 'Prisma, node-postgres',
    proxy,
    count: async (table) => (await query(`select 1 from ${table}`)).length,
    deliver: async (number, hooked) => {
      const event =
        events.get(number) ?? userEvent(hooked ? 'user.created' : 'user.updated', `user_${number}`, 1_760_000_000_000)
      events.set(number, event)
      return clerkSync.apply(event).catch((error: unknown) => {
        if (!ClerkSyncError.is(error)) throw error
        return `${error.status} ${error.code}`
      })
    },
  })
  expect(figures).toMatchObject({ lost: 0, doubled: 0 })
  expect(figures.refused).toBeGreaterThan(0)
  expect(figures.atCommit).toBeGreaterThan(0)
})
