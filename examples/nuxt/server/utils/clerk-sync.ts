import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { users } from '../db/schema'
import { db } from './db'

export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
