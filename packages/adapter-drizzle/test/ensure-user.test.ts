import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { type ClerkEvent, createClerkSync, ensureUser } from '@clerk-sync/core'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'

const T0 = 1_767_225_600_000
const members = sqliteTable('members', {
  id: integer().primaryKey({ autoIncrement: true }),
  clerkId: clerkId('clerk_id').notNull().unique(),
  email: text(),
  plan: text().notNull().default('free'),
  ...syncColumns(),
})

/** A user as the Backend API gives them, and as an event carries them. */
const json = (id: string, email: string, updatedAt: number) => ({
  object: 'user',
  id,
  primary_email_address_id: 'idn_1',
  email_addresses: [{ object: 'email_address', id: 'idn_1', email_address: email, verification: null, linked_to: [] }],
  created_at: T0,
  updated_at: updatedAt,
})
const event = (type: string, data: object, timestamp: number): ClerkEvent =>
  ({ id: `msg_${type}_${timestamp}`, type, data, timestamp, instanceId: null }) as object as ClerkEvent

const { file } = await sqliteTables(afterAll)
const sqlite = new Database(file)
const libsql = createClient({ url: `file:${file}`, timeout: 5000 })
sqlite.exec(`create table members (
  id integer primary key autoincrement, clerk_id text not null unique, email text, plan text not null default 'free',
  clerk_version text not null default '0', deleted_at integer)`)

/** What the Backend API has, and what happens while it answers. */
const clerk = { users: new Map<string, object>(), meanwhile: async (): Promise<unknown> => undefined, requests: 0 }
const server = createServer(async (request, response) => {
  clerk.requests++
  const user = clerk.users.get(request.url?.split('/').at(-1) ?? '')
  await clerk.meanwhile()
  response.writeHead(user ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(user ?? { errors: [{ code: 'resource_not_found' }] }))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const access = { secretKey: 'sk_test_x', apiUrl, limits: { retries: 0 } }
afterAll(() => {
  server.closeAllConnections()
  server.close()
  sqlite.close()
  libsql.close()
})

const libraries = {
  'better-sqlite3': createClerkSync({ adapter: drizzleAdapter(drizzle(sqlite), { users: members }) }),
  libsql: createClerkSync({ adapter: drizzleAdapter(drizzleLibsql(libsql), { users: members }) }),
}

describe.each(Object.entries(libraries))('ensureUser on %s', (_, clerkSync) => {
  const rows = () => sqlite.prepare('select clerk_id, email, plan from members').all()

  beforeEach(() => {
    sqlite.exec('delete from members')
    Object.assign(clerk, { users: new Map(), meanwhile: async () => undefined, requests: 0 })
  })

  it("gives the application's own row, stored as the webhook would", async () => {
    clerk.users.set('user_1', json('user_1', 'ada@example.com', T0))
    const row = await ensureUser(clerkSync, { ...access, userId: 'user_1' })
    expect(row).toMatchObject({ id: expect.any(Number), clerkId: 'user_1', email: 'ada@example.com', plan: 'free' })
    expect(row?.deletedAt).toBeNull()
    expect(await ensureUser(clerkSync, { ...access, userId: 'user_1' })).toEqual(row)
    expect(clerk.requests).toBe(1)
    expect(rows()).toEqual([{ clerk_id: 'user_1', email: 'ada@example.com', plan: 'free' }])
  })

  it('is null for a user that Clerk does not have, and writes nothing', async () => {
    expect(await ensureUser(clerkSync, { ...access, userId: 'user_1' })).toBeNull()
    expect(rows()).toEqual([])
  })

  it('racing the webhook, the newer snapshot stays, and a deleted user stays deleted', async () => {
    clerk.users.set('user_1', json('user_1', 'old@example.com', T0))
    const newer = json('user_1', 'new@example.com', T0 + 1000)
    clerk.meanwhile = () => clerkSync.apply(event('user.updated', newer, T0 + 1020))
    expect(await ensureUser(clerkSync, { ...access, userId: 'user_1' })).toMatchObject({ email: 'new@example.com' })

    clerk.users.set('user_2', json('user_2', 'gone@example.com', T0))
    clerk.meanwhile = () => clerkSync.apply(event('user.deleted', { id: 'user_2', deleted: true }, T0 + 2000))
    expect(await ensureUser(clerkSync, { ...access, userId: 'user_2' })).toBeNull()
    const asked = clerk.requests
    expect(await ensureUser(clerkSync, { ...access, userId: 'user_2' })).toBeNull()
    expect(clerk.requests).toBe(asked)
  })

  it('20 callers at once, beside the deliveries, make one row', async () => {
    const newest = json('user_1', 'new@example.com', T0 + 1000)
    clerk.users.set('user_1', newest)
    const [ensured] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => ensureUser(clerkSync, { ...access, userId: 'user_1' }))),
      clerkSync.apply(event('user.updated', newest, T0 + 1020)),
      clerkSync.apply(event('user.created', json('user_1', 'old@example.com', T0), T0 + 20)),
    ])
    expect(ensured.every((row) => row?.clerkId === 'user_1')).toBe(true)
    expect(rows()).toEqual([{ clerk_id: 'user_1', email: 'new@example.com', plan: 'free' }])
  })
})
