// Two runs that heal the same rows at once: what onDrift does happens once for each.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import type { ScanRange, SyncAdapter } from '@clerk-sync/core/adapter'
import { backfill, type Drift, reconcile } from '@clerk-sync/core/clerk-api'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type Query, rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { type ClerkApi, startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'

interface Store {
  readonly query: Query
  readonly adapter: SyncAdapter
  /** What `onDrift` inserts, with its transaction. */
  readonly note: (tx: unknown, what: string) => unknown
}

const noteOf = (what: string) => sql`insert into mended (what) values (${what})`

async function create(query: Query, text: string, time: string): Promise<void> {
  await query(
    `create table users (id ${text} primary key, first_name ${text}, clerk_version varchar(34) not null default '0', deleted_at ${time})`,
  )
  await query(
    `create table clerk_events (id ${text} primary key, type ${text} not null, entity_id ${text}, occurred_at ${time} not null, processed_at ${time} not null)`,
  )
  await query(`create table mended (what ${text})`)
}

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  async SQLite() {
    const { file, query } = rawSqlite(onTestFinished)
    await create(query, 'text', 'integer')
    const client = new Database(file)
    onTestFinished(() => void client.close())
    const users = lite.sqliteTable('users', {
      id: ofSqlite.clerkId().primaryKey(),
      firstName: lite.text('first_name'),
      ...ofSqlite.syncColumns(),
    })
    const adapter = drizzleAdapter(drizzleSqlite(client), { users, events: ofSqlite.clerkEventsTable() })
    return {
      query,
      adapter: adapter as never,
      note: (tx, what) => void (tx as ReturnType<typeof drizzleSqlite>).run(noteOf(what)),
    }
  },
  async PostgreSQL() {
    const connectionString = await freshDatabase('postgres', 'drizzle_two_reconciles')
    const query = rawPostgres(connectionString, onTestFinished)
    await create(query, 'text', 'timestamptz(3)')
    const pool = new Pool({ connectionString })
    onTestFinished(() => pool.end())
    const users = pg.pgTable('users', {
      id: ofPg.clerkId().primaryKey(),
      firstName: pg.text('first_name'),
      ...ofPg.syncColumns(),
    })
    const adapter = drizzleAdapter(drizzlePg(pool), { users, events: ofPg.clerkEventsTable() })
    return {
      query,
      adapter: adapter as never,
      note: (tx, what) => (tx as ReturnType<typeof drizzlePg>).execute(noteOf(what)),
    }
  },
  async MySQL() {
    const uri = await freshDatabase('mysql', 'drizzle_two_reconciles')
    const query = rawMysql(uri, onTestFinished)
    await create(query, 'varchar(255) collate utf8mb4_bin', 'datetime(3)')
    const client = createPool({ uri })
    onTestFinished(() => client.end())
    const users = my.mysqlTable('users', {
      id: ofMysql.clerkId().primaryKey(),
      firstName: my.varchar('first_name', { length: 255 }),
      ...ofMysql.syncColumns(),
    })
    const adapter = drizzleAdapter(drizzleMysql({ client }), { users, events: ofMysql.clerkEventsTable() })
    return {
      query,
      adapter: adapter as never,
      note: (tx, what) => (tx as ReturnType<typeof drizzleMysql>).execute(noteOf(what)),
    }
  },
}

/** Both look at the rows before either writes. */
function together(adapter: SyncAdapter): () => SyncAdapter {
  let waiting: (() => void) | undefined
  const meet = () =>
    new Promise<void>((resolve) => {
      if (!waiting) {
        waiting = resolve
        return
      }
      waiting()
      waiting = undefined
      resolve()
    })
  return () => ({
    ...adapter,
    scan: async (entity, range: ScanRange, options) => {
      const rows = await adapter.scan(entity, range, options)
      if (range.keys) await meet()
      return rows
    },
  })
}

/** Whose answers are each a second later, so that no two reads are of the same. */
async function clerk(): Promise<ClerkApi> {
  let at = Date.now() - 25_000
  const now = () => {
    at += 500
    return at
  }
  const api = await startClerkApi({ users: 3, webhooks: 'never', now })
  onTestFinished(() => api.close())
  return api
}

describe.each(Object.entries(stores))('two reconciles at once: %s', (_, open) => {
  test.each(['erase', 'keep'] as const)('%s: onDrift runs once for each row that was healed', async (onDelete) => {
    const { query, adapter, note } = await open()
    const api = await clerk()
    const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 100_000 } }
    await backfill(createClerkSync({ adapter, onDelete }), read)
    const ids = api.users.ids()
    for (const id of ids) await query(`update users set first_name = 'Edited' where id = '${id}'`)
    const meeting = together(adapter)
    const run = () =>
      reconcile(createClerkSync({ adapter: meeting(), onDelete }), {
        ...read,
        settleMs: 0,
        graceMs: 0,
        onDrift: ({ kind, id }: Drift, { tx }: { tx: unknown }) => note(tx, `${kind} ${id}`),
      })
    const results = await Promise.all([run(), run()])
    expect(results).toMatchObject([
      { ok: true, drift: { user: { stale: 3 } } },
      { ok: true, drift: { user: { stale: 3 } } },
    ])
    const mended = (await query('select what from mended')).map(({ what }) => what)
    expect(mended.sort()).toEqual(ids.map((id) => `stale ${id}`).sort())
    const names = (await query('select id, first_name from users')).map((row) => [row.id, row.first_name])
    expect(names.sort()).toEqual(ids.map((id) => [id, api.users.get(id)?.first_name]).sort())
  })
})
