// A Worker with one clerkSync for all of its requests, and a connection to PostgreSQL for each statement: a socket belongs
// to the request that has opened it.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'

const { DATABASE_URL = '', SECRET = '', LOOKS_LIKE_NODE } = process.env

// What tells a Worker from Node, for the test that shows why it must.
if (LOOKS_LIKE_NODE === 'yes') {
  for (let scope: unknown = globalThis; scope; scope = Object.getPrototypeOf(scope)) {
    Reflect.deleteProperty(scope, 'WebSocketPair')
  }
}

const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 100, maxUses: 1 })
const clerkSync = createClerkSync({
  adapter: drizzleAdapter(drizzle(pool), { users }),
  signingSecret: SECRET,
  // Where deliveries are to fail, they fail soon.
  ...(LOOKS_LIKE_NODE === 'yes' && { timeoutMs: 3_000 }),
  logger: false,
})

export default { fetch: clerkSync.handler }
