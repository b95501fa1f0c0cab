// The application of the tests: users in PostgreSQL, and a hook whose effect can be counted.
import { setTimeout as sleep } from 'node:timers/promises'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkDeadLettersTable, clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** An address has 32 characters at most: a longer one is an event that no retry stores. */
export const CREATE = `
  create table users (id text primary key, email varchar(32), clerk_version text not null default '0', deleted_at timestamptz(3));
  create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null);
  create table clerk_dead_letters (id text primary key, type text not null, entity_id text, code text not null, payload text not null, parked_at timestamptz(3) not null);
  create table welcomes (user_id text not null);
`

const users = pgTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })
const welcomes = pgTable('welcomes', { userId: text('user_id').notNull() })

/** @param hookMs - how long the hook takes, in ms, so that a worker can be killed in it */
export function openApplication(database: string, { hookMs = 0, onHook = () => {} } = {}) {
  const pool = new pg.Pool({ connectionString: database, max: 4 })
  // Its server may be gone first.
  pool.on('error', () => {})
  const tables = { users, events: clerkEventsTable(), deadLetters: clerkDeadLettersTable() }
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzle(pool), tables),
    signingSecret: SECRET,
    logger: false,
    on: {
      'user.created': async ({ event, tx }) => {
        onHook()
        await tx.insert(welcomes).values({ userId: event.data.id })
        await sleep(hookMs)
      },
    },
  })
  return { clerkSync, close: () => pool.end() }
}
