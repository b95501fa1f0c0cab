import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import { type Query, rawPostgres, type WhenDone } from '@clerk-sync/test-support/raw-connections'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import { openD1 } from './d1.ts'
import { serveNeon } from './neon-server.ts'

/** A database whose driver has batches alone, with users, their addresses, and what they belong to. */
export interface BatchedParts {
  readonly driver: 'D1' | 'neon-http'
  readonly versions: Versions
  readonly adapter: SyncAdapter
  /** Past the adapter. */
  readonly query: Query
  /** Of PostgreSQL. */
  readonly url: string
  /** Changes what is sent from now on. */
  rewrite(text: (sql: string) => string): void
  /** Runs once, before the next batch is sent. */
  beforeBatch(run: () => Promise<unknown>): void
}

/** The foreign key refuses a part whose user is not there, and the removal of a user who has some. */
const tablesIn = (time: string, flag: string, versions: Versions) => [
  'create table organizations (id text primary key)',
  `create table users (id text primary key, email text, org_id text references organizations on delete cascade${
    versions === 'row' ? `, clerk_version text not null default '0', deleted_at ${time}` : ''
  })`,
  `create table email_addresses (user_id text not null references users, id text not null, email_address text,
    is_primary ${flag} not null, note text, primary key (user_id, id))`,
  'create unique index one_primary on email_addresses (user_id) where is_primary',
  'create unique index one_user on email_addresses (email_address)',
  `create table clerk_versions (table_name text not null, id text not null, version text not null, deleted_at ${time},
    primary key (table_name, id))`,
]

const pgAddresses = pg.pgTable(
  'email_addresses',
  {
    userId: ofPg.clerkId('user_id').notNull(),
    id: ofPg.clerkId().notNull(),
    emailAddress: pg.text('email_address'),
    isPrimary: pg.boolean('is_primary').notNull(),
  },
  (table) => [pg.primaryKey({ columns: [table.userId, table.id] })],
)
const pgColumns = () => ({ id: ofPg.clerkId().primaryKey(), email: pg.text(), orgId: pg.text('org_id') })
const pgTables = {
  row: pg.pgTable('users', { ...pgColumns(), ...ofPg.syncColumns() }),
  beside: pg.pgTable('users', pgColumns()),
}

const sqliteAddresses = sqlite.sqliteTable(
  'email_addresses',
  {
    userId: ofSqlite.clerkId('user_id').notNull(),
    id: ofSqlite.clerkId().notNull(),
    emailAddress: sqlite.text('email_address'),
    isPrimary: sqlite.integer('is_primary', { mode: 'boolean' }).notNull(),
  },
  (table) => [sqlite.primaryKey({ columns: [table.userId, table.id] })],
)
const sqliteColumns = () => ({
  id: ofSqlite.clerkId().primaryKey(),
  email: sqlite.text(),
  orgId: sqlite.text('org_id'),
})
const sqliteTables = {
  row: sqlite.sqliteTable('users', { ...sqliteColumns(), ...ofSqlite.syncColumns() }),
  beside: sqlite.sqliteTable('users', sqliteColumns()),
}

export async function openBatchedParts(
  driver: BatchedParts['driver'],
  versions: Versions,
  whenDone: WhenDone,
): Promise<BatchedParts> {
  let text = (sql: string) => sql
  let before: (() => Promise<unknown>) | undefined
  const first = async () => {
    const run = before
    before = undefined
    await run?.()
  }
  const made = await (driver === 'D1' ? d1 : neonHttp)(versions, whenDone, (sql) => text(sql), first)
  return {
    driver,
    versions,
    ...made,
    rewrite(next) {
      text = next
    },
    beforeBatch(run) {
      before = run
    },
  }
}

type Opened = Pick<BatchedParts, 'adapter' | 'query' | 'url'>
type Rewrite = (sql: string) => string

async function d1(
  versions: Versions,
  whenDone: WhenDone,
  rewrite: Rewrite,
  before: () => Promise<void>,
): Promise<Opened> {
  const { ask, binding, close } = await openD1()
  whenDone(async () => close())
  for (const sql of tablesIn('integer', 'integer', versions)) await ask(sql)
  const own = binding({ run: (call) => call(), runSync: (call) => call() })
  const client = {
    prepare: (sql: string) => own.prepare(rewrite(sql)),
    async batch(statements: never) {
      await before()
      return own.batch(statements)
    },
  }
  const adapter = drizzleAdapter(drizzleD1(client as typeof own), {
    users: sqliteTables[versions],
    organizations: sqlite.sqliteTable('organizations', { id: ofSqlite.clerkId().primaryKey() }),
    emailAddresses: sqliteAddresses,
    versions: ofSqlite.clerkVersionsTable(),
  })
  return { adapter, query: ask, url: '' }
}

const senders = new Map<string, (to: string, init: RequestInit) => Promise<Response>>()

async function neonHttp(
  versions: Versions,
  whenDone: WhenDone,
  rewrite: Rewrite,
  before: () => Promise<void>,
): Promise<Opened> {
  const url = await freshDatabase('postgres', `drizzle_batched_parts_${versions}`)
  const query = rawPostgres(url, whenDone)
  for (const sql of tablesIn('timestamptz', 'boolean', versions)) await query(sql)
  const server = await serveNeon()
  whenDone(server.close)
  neonConfig.fetchEndpoint = server.endpoint
  // The client has one way to the network for the whole process: whose request it is, its connection string tells.
  senders.set(new URL(url).pathname, async (to, init) => {
    const body = JSON.parse(String(init.body))
    if ('queries' in body) await before()
    for (const one of body.queries ?? [body]) one.query = rewrite(one.query)
    return fetch(to, { ...init, body: JSON.stringify(body) })
  })
  neonConfig.fetchFunction = (to: string, init: RequestInit) =>
    senders.get(new URL(new Headers(init.headers).get('neon-connection-string') ?? '').pathname)?.(to, init)
  const adapter = drizzleAdapter(drizzleNeon(neon(url)), {
    users: pgTables[versions],
    organizations: pg.pgTable('organizations', { id: ofPg.clerkId().primaryKey() }),
    emailAddresses: pgAddresses,
    versions: ofPg.clerkVersionsTable(),
  })
  return { adapter, query, url }
}
