import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { testPgTransactions } from '@clerk-sync/test-support/pg-transactions'
import { drizzle } from 'drizzle-orm/node-postgres'
import { shapes, welcomes } from './kit/schema-pg.ts'

testPgTransactions('drizzle_transactions', (pool, hook) =>
  createClerkSync({
    adapter: drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), shapes.plain),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
        await hook(async (text) => tx.execute(text))
      },
    },
  }),
)
