import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import type { Database } from './database.js'
import { users } from './schema.js'

export const CLERK_SYNC = Symbol('clerk-sync')

export const clerkSyncFor = ({ db }: Database) => createClerkSync({ adapter: drizzleAdapter(db, { users }) })
