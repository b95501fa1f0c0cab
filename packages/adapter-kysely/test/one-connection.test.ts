// What a delivery leaves on the connection of node-postgres that it was written on.
import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'

interface Tables {
  users: { id: string; email: string | null; clerk_version: string; deleted_at: Date | null }
}

it('is there once, however many deliveries it takes, and instances of Kysely there are on its pool', async () => {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'kysely_one_connection'), max: 1 })
  onTestFinished(() => pool.end())
  await pool.query(`create table users (id text primary key, email text, clerk_version text not null default '0',
    deleted_at timestamptz(3))`)
  /** Of the connection itself, which whoever uses the pool is given. */
  const emitOfConnection = async () => {
    const client = await pool.connect()
    try {
      const emit: unknown = Reflect.get(Reflect.get(client, 'connection'), 'emit')
      return emit
    } finally {
      client.release()
    }
  }
  const seen = new Set<unknown>()
  for (const n of [1, 2, 3]) {
    // As where one is made for each request.
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    const clerkSync = createClerkSync({ adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } }) })
    expect(await clerkSync.apply(userEvent('user.created', `user_${n}`, 1_760_000_000_000))).toBe('created')
    seen.add(await emitOfConnection())
  }
  expect(seen.size).toBe(1)
})
