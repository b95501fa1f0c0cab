import { createClerkSync } from '@clerk-sync/core'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { rowLock, TIMEOUT_MS, type TimedSync, testDeadline } from '@clerk-sync/test-support/deadline'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import type { Query } from '@clerk-sync/test-support/raw-connections'
import { type Dialect, MysqlDialect, PostgresDialect, sql } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

async function timed(
  protocol: 'postgres' | 'mysql',
  { url: target, query }: { readonly url: string; readonly query: Query },
  dialectTo: (url: string) => Dialect,
): Promise<TimedSync> {
  const proxy = await startFaultProxy({ target, protocol })
  onTestFinished(() => proxy.close())
  const db = open(dialectTo(proxy.url()))
  let next: () => Promise<unknown> = async () => {}
  const clerkSync = createClerkSync({
    adapter: adapterOf(db, 'plain'),
    timeoutMs: TIMEOUT_MS,
    on: {
      'user.created': async ({ event, tx }) => {
        await hooks.effect(tx, { userId: event.data.id, eventId: event.id })
        await next()
      },
    },
  })
  return {
    proxy,
    clerkSync,
    onHook: (chosen) => {
      next = chosen
    },
    outside: () => sql`select 1`.execute(db),
    count: async (table) => (await query(`select 1 from ${table}`)).length,
    lockUser: rowLock(target, onTestFinished),
  }
}

testDeadline([
  [
    'node-postgres',
    async () =>
      timed('postgres', await postgresTables('kysely_deadline', onTestFinished), (connectionString) => {
        const pool = new pg.Pool({ connectionString, max: 1 })
        onTestFinished(() => pool.end())
        return new PostgresDialect({ pool })
      }),
  ],
  [
    'mysql2',
    async () =>
      timed('mysql', await mysqlTables('mysql', 'kysely_deadline', onTestFinished), (uri) => {
        const pool = createPool({ uri, connectionLimit: 1, timezone: 'Z' })
        onTestFinished(() => pool.promise().end())
        return new MysqlDialect({ pool })
      }),
  ],
])
