import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { db } from '@/db'
import { users } from '@/db/schema'

export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
