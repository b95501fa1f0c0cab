import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { createClerkSync } from '@clerk-sync/core'
import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
import { metrics } from '@opentelemetry/api'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { deadLetters, events, users } from './schema.ts'

const client = postgres(process.env.DATABASE_URL ?? '', connectionLimits())

export const db = drizzle({ client, casing: 'snake_case' })
export const clerkSync = withOpenTelemetry(
  createClerkSync({ adapter: drizzleAdapter(db, { users, events, deadLetters }) }),
)

const MOST = 100

// Read from the table at each scrape, so that a letter is seen whichever process has parked it, and for as long as it stays.
metrics
  .getMeter('observability-example')
  .createObservableGauge('clerk_sync.dead_letters', { description: `Dead letters, ${MOST} at most.`, unit: '{event}' })
  .addCallback(async (gauge) => gauge.observe((await clerkSync.deadLetters.list({ limit: MOST })).length))
