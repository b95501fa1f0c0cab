import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { db } from './db/index.ts'

export const clerkSync = createClerkSync({
  adapter: kyselyAdapter(db, {
    users: { table: 'users', columns: ['email', 'first_name', 'last_name', 'image_url'] },
  }),
})
