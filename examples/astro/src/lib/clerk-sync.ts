import { getSecret } from 'astro:env/server'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { db } from '../db/index.ts'
import { users } from '../db/schema.ts'

export const clerkSync = createClerkSync({
  adapter: drizzleAdapter(db, { users }),
  signingSecret: getSecret('CLERK_WEBHOOK_SIGNING_SECRET'),
})
