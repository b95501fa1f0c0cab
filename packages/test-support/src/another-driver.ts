import { type Harness, testAdapter } from '@clerk-sync/adapter-testkit'

/**
 * The suite for a driver, or a server, that gets the very statements with which another one has passed in full: every
 * test of it, short histories in 3 of their orders, and a quarter of the random schedules. What order makes of a row is
 * decided by the statements, and what a driver can break shows in any order: values, transactions, errors, retries,
 * counts. `npm run test:long` runs all of it on every driver.
 *
 * In full, with `testAdapter`: Drizzle on node-postgres, neon-http, mysql2 (MySQL and MariaDB), better-sqlite3, libsql and D1; Kysely on
 * node-postgres, mysql2 and better-sqlite3; Prisma 7 on PostgreSQL, MySQL and SQLite; Supabase.
 */
export function testAnotherDriver<Tx>(harness: Harness<Tx>): void {
  testAdapter(harness, process.env.CLERK_SYNC_IN_FULL ? {} : { orders: 3, schedules: Math.ceil(schedules() / 4) })
}

function schedules(): number {
  return Number(process.env.CLERK_SYNC_SCHEDULES || 100)
}
