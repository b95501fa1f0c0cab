import {
  type ClerkDeadLettersTable,
  type ClerkEventsTable,
  kyselyAdapter,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
import { metrics } from '@opentelemetry/api'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

interface Database {
  users: SyncColumns & {
    id: string
    email: string | null
    first_name: string | null
    last_name: string | null
    image_url: string | null
  }
  clerk_events: ClerkEventsTable
  clerk_dead_letters: ClerkDeadLettersTable
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 })
// Without a listener, an idle connection that breaks would end the process.
pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))

export const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })

const adapter = kyselyAdapter(db, {
  users: { table: 'users', columns: ['email', 'first_name', 'last_name', 'image_url'] },
  events: 'clerk_events',
  deadLetters: 'clerk_dead_letters',
})
export const clerkSync = withOpenTelemetry(createClerkSync({ adapter }))

const MOST = 100

// Read from the table at each scrape, so that a letter is seen whichever process has parked it, and for as long as it stays.
metrics
  .getMeter('observability-example')
  .createObservableGauge('clerk_sync.dead_letters', { description: `Dead letters, ${MOST} at most.`, unit: '{event}' })
  .addCallback(async (gauge) => gauge.observe((await clerkSync.deadLetters.list({ limit: MOST })).length))
