// Drizzle's own query cache, with the strategy that caches every select.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, postgresTables, sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { createClient } from '@libsql/client'
import { is, Table } from 'drizzle-orm'
import { Cache, type MutationOption } from 'drizzle-orm/cache/core'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

const at = 1_760_000_000_000

/** A cache in memory, which drops what was read of a table when that is written. */
class MemoryCache extends Cache {
  readonly #entries = new Map<string, { response: unknown[]; tables: readonly string[] }>()
  /** Of the next write alone. */
  fails = false

  strategy() {
    return 'all' as const
  }

  async get(key: string): Promise<unknown[] | undefined> {
    return this.#entries.get(key)?.response
  }

  async put(key: string, response: unknown[], tables: string[]): Promise<void> {
    this.#entries.set(key, { response, tables })
  }

  async onMutate({ tables = [] }: MutationOption): Promise<void> {
    if (this.fails) {
      this.fails = false
      throw new Error('the cache cannot be reached')
    }
    const written = new Set([tables].flat().map((one) => (is(one, Table) ? one._.name : one)))
    for (const [key, entry] of this.#entries) {
      if (entry.tables.some((table) => written.has(table))) this.#entries.delete(key)
    }
  }
}

interface Store {
  /** Past Drizzle. */
  query(text: string): Promise<unknown>
  readonly now: string
  /** Whose hook of `user.updated` is given what it reads through `tx`. */
  sync(hook: (rows: unknown[]) => void): Pick<ClerkSync, 'apply'>
  readonly adapter: Pick<SyncAdapter, 'prune' | 'tombstones'>
  /** As `ensureUser` does. */
  find(id: string): Promise<unknown>
  /** As the application does. */
  read(): Promise<unknown>
  readLedger(): Promise<unknown>
}

async function onPostgres(cache: Cache): Promise<Store> {
  const { url, query } = await postgresTables('drizzle_cache', onTestFinished)
  const client = new pg.Pool({ connectionString: url, max: 2 })
  onTestFinished(() => client.end())
  const db = drizzlePg({ client, casing: 'snake_case', cache })
  const { users, events } = pgSchema.shapes.plain
  const adapter = drizzleAdapter(db, pgSchema.shapes.plain)
  return {
    query,
    now: 'current_timestamp',
    find: (id) => adapter.find('user', id),
    adapter,
    sync: (hook) =>
      createClerkSync({
        adapter,
        on: { 'user.updated': async ({ tx }) => hook(await tx.select({ id: users.id }).from(users)) },
      }),
    read: () => db.select({ id: users.id, deletedAt: users.deletedAt }).from(users),
    readLedger: () => db.select({ id: events.id }).from(events),
  }
}

async function onMysql(cache: Cache): Promise<Store> {
  const { url, query } = await mysqlTables('mysql', 'drizzle_cache', onTestFinished)
  const client = mysql.createPool({ uri: url, connectionLimit: 2 })
  onTestFinished(() => client.end())
  const db = drizzleMysql({ client, casing: 'snake_case', cache })
  const { users, events } = mysqlSchema.shapes.plain
  const adapter = drizzleAdapter(db, mysqlSchema.shapes.plain)
  return {
    query,
    now: 'current_timestamp',
    find: (id) => adapter.find('user', id),
    adapter,
    sync: (hook) =>
      createClerkSync({
        adapter,
        on: { 'user.updated': async ({ tx }) => hook(await tx.select({ id: users.id }).from(users)) },
      }),
    read: () => db.select({ id: users.id, deletedAt: users.deletedAt }).from(users),
    readLedger: () => db.select({ id: events.id }).from(events),
  }
}

async function onLibsql(cache: Cache): Promise<Store> {
  const { file, query } = await sqliteTables(onTestFinished)
  const client = createClient({ url: `file:${file}` })
  onTestFinished(() => client.close())
  const db = drizzleLibsql({ client, casing: 'snake_case', cache })
  const { users, events } = sqliteSchema.shapes.plain
  const adapter = drizzleAdapter(db, sqliteSchema.shapes.plain)
  return {
    query,
    now: String(at),
    find: (id) => adapter.find('user', id),
    adapter,
    sync: (hook) =>
      createClerkSync({
        adapter,
        on: { 'user.updated': async ({ tx }) => hook(await tx.select({ id: users.id }).from(users)) },
      }),
    read: () => db.select({ id: users.id, deletedAt: users.deletedAt }).from(users),
    readLedger: () => db.select({ id: events.id }).from(events),
  }
}

describe.for([
  ['PostgreSQL', onPostgres],
  ['MySQL', onMysql],
  ['SQLite through libsql', onLibsql],
] as const)('On %s', ([, open]) => {
  it('what the application reads is not older than what was acknowledged', async () => {
    const { sync, adapter, read, readLedger } = await open(new MemoryCache())
    const clerkSync = sync(() => {})
    expect(await read()).toEqual([])
    await clerkSync.apply(userEvent('user.created', 'user_1', at))
    expect(await read()).toEqual([{ id: 'user_1', deletedAt: null }])
    expect(await readLedger()).toEqual([])
    await clerkSync.apply(userEvent('user.updated', 'user_2', at))
    expect(await read()).toHaveLength(2)
    expect(await readLedger()).toHaveLength(1)
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await read()).toContainEqual({ id: 'user_1', deletedAt: expect.any(Date) })
    await adapter.prune(new Date(Date.now() + 60_000))
    expect(await readLedger()).toEqual([])
  })

  it('deleted rows that prune removed are not read, and an aborted signal ends the prune of the ledger', async () => {
    const { sync, adapter, read, readLedger } = await open(new MemoryCache())
    const clerkSync = sync(() => {})
    await clerkSync.apply(userEvent('user.updated', 'user_1', at))
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await read()).toHaveLength(1)
    const before = new Date(Date.now() + 60_000)
    expect(await adapter.tombstones?.remove({ entity: 'user', before, keys: ['user_1'] })).toBe(1)
    expect(await read()).toEqual([])
    expect(await adapter.prune(before, { signal: AbortSignal.abort() })).toBe(0)
    expect(await readLedger()).toHaveLength(1)
  })

  it('a user whom another process deleted is not found alive', async () => {
    const { sync, find, query, now } = await open(new MemoryCache())
    await sync(() => {}).apply(userEvent('user.created', 'user_1', at))
    expect(await find('user_1')).toMatchObject({ deleted: false })
    await query(`update users set deleted_at = ${now} where id = 'user_1'`)
    expect(await find('user_1')).toMatchObject({ deleted: true })
  })

  it('a hook reads the row that it was called for, and what it read is not kept when it fails', async () => {
    const { sync, read } = await open(new MemoryCache())
    expect(await read()).toEqual([])
    const seen: unknown[] = []
    let fails = true
    const clerkSync = sync((rows) => {
      seen.push(rows)
      if (fails) throw new Error('not now')
    })
    const event = userEvent('user.updated', 'user_1', at)
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await read()).toEqual([])
    fails = false
    expect(await clerkSync.apply(event)).toBe('created')
    expect(seen).toEqual([[{ id: 'user_1' }], [{ id: 'user_1' }]])
  })

  it('an event whose cache cannot be told comes again, and then it is', async () => {
    const cache = new MemoryCache()
    const { sync, read } = await open(cache)
    const clerkSync = sync(() => {})
    const event = userEvent('user.created', 'user_1', at)
    expect(await read()).toEqual([])
    cache.fails = true
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await clerkSync.apply(event)).toBe('unchanged')
    expect(await read()).toHaveLength(1)
  })
})

it.for(['row', 'beside'] as const)('a write tells which tables it was to, versions: %s', async (versions) => {
  const told: string[][] = []
  class ToldCache extends MemoryCache {
    override async onMutate({ tables = [] }: MutationOption): Promise<void> {
      told.push([tables].flat().map(String).toSorted())
    }
  }
  const { file } = await sqliteTables(onTestFinished, versions)
  const client = createClient({ url: `file:${file}` })
  onTestFinished(() => client.close())
  const shapes = versions === 'row' ? sqliteSchema.shapes : sqliteSchema.besideShapes
  const db = drizzleLibsql({ client, casing: 'snake_case', cache: new ToldCache() })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, shapes.plain), on: { 'user.updated': () => {} } })
  const users = versions === 'row' ? ['users'] : ['users', 'versions']
  await clerkSync.apply(userEvent('user.created', 'user_1', at))
  await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1))
  await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 2))
  expect(told).toEqual([users, ['events', ...users], users])
})
