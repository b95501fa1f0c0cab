import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/d1'
import { users } from './schema.ts'

export interface Env {
  DB: D1Database
  CLERK_WEBHOOK_SIGNING_SECRET: string
}

export const dbFor = (env: Env) => drizzle(env.DB, { casing: 'snake_case' })

/** Made for each request, since a Worker gets its database with the request. */
export const syncFor = (env: Env) =>
  createClerkSync({
    adapter: drizzleAdapter(dbFor(env), { users }),
    signingSecret: env.CLERK_WEBHOOK_SIGNING_SECRET,
  })
