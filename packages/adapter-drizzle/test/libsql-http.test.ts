import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/libsql'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, it, onTestFinished } from 'vitest'
import { serveLibsql } from './kit/libsql-server.ts'

// Turso, and any server of libsql over HTTP, through libsql's own client.

async function open() {
  const database = new Database(':memory:')
  onTestFinished(() => void database.close())
  database.exec(`pragma foreign_keys = on;
    create table teams (id text primary key);
    create table users (id text primary key, email text unique, username text references teams,
      clerk_version text not null default '0', deleted_at integer)`)
  const server = await serveLibsql(database)
  onTestFinished(() => void server.close())
  const client = createClient({ url: server.url })
  onTestFinished(() => client.close())
  const users = sqliteTable('users', { id: clerkId().primaryKey(), email: text(), username: text(), ...syncColumns() })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzle(client), { users }) })
  const rows = () => database.prepare('select id, email from users order by id').all()
  return { clerkSync, rows, refusals: server.refusals }
}
const at = 1_760_000_000_000
const ann = (id: string) => userEvent('user.created', id, at, withEmail('ann@example.com'))

it('a clash is unique_conflict, and a missing row reference_missing, though the server sends the primary code alone', async () => {
  const { clerkSync, rows } = await open()
  expect(await clerkSync.apply(ann('user_1'))).toBe('created')
  await expect(clerkSync.apply(ann('user_2'))).rejects.toMatchObject({
    code: 'unique_conflict',
    message: expect.stringMatching(/users\.email/),
  })
  const orphan = userEvent('user.created', 'user_3', at, { username: 'no_such_team' })
  await expect(clerkSync.apply(orphan)).rejects.toMatchObject({ code: 'reference_missing' })
  expect(rows()).toEqual([{ id: 'user_1', email: 'ann@example.com' }])
})

it.for([
  ['TRANSACTION_BUSY', undefined],
  ['TRANSACTION_TIMEOUT', undefined],
  ['SQLITE_BUSY', undefined],
  ['STREAM_EXPIRED', 400],
] as const)('%s passes by itself: the write is tried again', async ([code, status]) => {
  const { clerkSync, rows, refusals } = await open()
  const refused = { code, message: 'The server was busy', ...(status && { status }) }
  refusals.push(refused, refused)
  expect(await clerkSync.apply(ann('user_1'))).toBe('created')
  expect(refusals).toEqual([])
  expect(rows()).toEqual([{ id: 'user_1', email: 'ann@example.com' }])
})

it('what does not pass is tried once', async () => {
  const { clerkSync, rows, refusals } = await open()
  const refused = { code: 'SQLITE_READONLY', message: 'SQLite error: attempt to write a readonly database' }
  refusals.push(refused, refused)
  await expect(clerkSync.apply(ann('user_1'))).rejects.toMatchObject({ code: 'store_failed' })
  expect(refusals).toHaveLength(1)
  expect(rows()).toEqual([])
})
