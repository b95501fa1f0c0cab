import { createClerkSync } from '@clerk-sync/core'
import { testPgTransactions } from '@clerk-sync/test-support/pg-transactions'
import { PostgresDialect, type Transaction } from 'kysely'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import type { Database } from './kit/database.ts'

testPgTransactions('kysely_transactions', (pool, hook) =>
  createClerkSync({
    adapter: adapterOf(open(new PostgresDialect({ pool })), 'plain'),
    on: {
      'user.created': async ({
        event,
        tx,
      }: {
        event: { id: string; data: { id: string } }
        tx: Transaction<Database>
      }) => {
        await hooks.effect(tx, { userId: event.data.id, eventId: event.id })
        await hook((text) => hooks.sql.send(tx, text))
      },
    },
  }),
)
