import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { users } from './schema.ts'

const client = postgres(process.env.DATABASE_URL ?? '', connectionLimits())

export const db = drizzle({ client, casing: 'snake_case' })
export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
