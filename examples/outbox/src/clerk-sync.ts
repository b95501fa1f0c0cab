import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { db } from './database.ts'
import { events, outbox, users } from './schema.ts'

export const clerkSync = createClerkSync({
  adapter: drizzleAdapter(db, { users, events }),
  on: {
    'user.created': async ({ event, outcome, tx }) => {
      // Events come in any order: the user may be gone by now.
      if (outcome === 'already_deleted') return
      const userId = event.data.id
      await tx
        .insert(outbox)
        .values({ key: `welcome/${userId}`, userId, template: 'welcome' })
        .onConflictDoNothing()
    },
  },
})
