import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/d1'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

const users = sqliteTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })

export default {
  fetch(request: Request, env: { DB: D1Database; CLERK_WEBHOOK_SIGNING_SECRET: string }) {
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzle(env.DB), { users }),
      signingSecret: env.CLERK_WEBHOOK_SIGNING_SECRET,
    })
    return clerkSync.handler(request)
  },
}
