import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { db } from './db/index.server.ts'
import { users } from './db/schema.ts'

export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
