// What a dry run counts of those who match is not kept, however many they are.
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import { startClerkApi } from '@clerk-sync/test-support/clerk-api'
import Database from 'better-sqlite3'
import { type Generated, Kysely, SqliteDialect } from 'kysely'
import { expect, test } from 'vitest'

interface Tables {
  users: SyncColumns & { id: Generated<number>; clerk_id: string | null; email: string | null; name: string | null }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What is alive, in MiB: of the heap, and beside it. */
function alive(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}

/** A row for each of so many users, and what a run takes of memory at most, beside what was there before it. */
async function takenBy(users: number): Promise<number> {
  const api = await startClerkApi({ seed: 1, users, webhooks: 'never' })
  const sqlite = new Database(':memory:')
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) })
  try {
    // Each page is looked for by an index.
    sqlite.exec(`create table users (id integer primary key, clerk_id text unique, email text, name text,
      clerk_version text not null default '0', deleted_at integer);
      create index users_email on users (email);
      create index users_lower on users (lower(cast("email" as text)))`)
    const insert = sqlite.prepare('insert into users (email, name) values (?, ?)')
    for (const id of api.users.ids()) insert.run(api.users.get(id)?.email_addresses[0]?.email_address, 'Old')
    const table = { table: 'users', key: 'clerk_id', columns: ['email'] } as const
    const clerkSync = createClerkSync({ adapter: kyselyAdapter(db, { users: table }) })
    // Of the run before, the last is let go of between two events.
    await setImmediate()
    alive()
    await setImmediate()
    const before = alive()
    const taken: number[] = []
    const { link } = await backfill(clerkSync, {
      secretKey: api.secretKey,
      apiUrl: api.url,
      limits: { requestsPer10s: 1_000_000 },
      link: { by: 'email', proven: () => true },
      dryRun: true,
      onProgress({ done, total }) {
        if (done === total) taken.push(alive() - before)
      },
    })
    // Some have an address that is not verified.
    expect(link?.matched).toBeGreaterThan(users / 2)
    return Math.max(...taken)
  } finally {
    await api.close()
    await db.destroy()
  }
}

test('a dry run takes no more memory for 40,000 users who match than for 2,000', { timeout: 300_000 }, async () => {
  // What is loaded and made once.
  await takenBy(600)
  const few = await takenBy(2_000)
  // One row with the values that its user has takes a kilobyte.
  expect((await takenBy(40_000)) - few).toBeLessThan(16)
})
