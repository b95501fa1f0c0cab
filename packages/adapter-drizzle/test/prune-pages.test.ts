// A table of versions in which many tombstones have a row that was erased, and is there for ever.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import type { Logger } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

const DAY_MS = 86_400_000
const olderThan = new Date(Date.now() - 100 * DAY_MS)
const tables = {
  users: sqliteTable('users', { id: ofSqlite.clerkId().primaryKey(), email: text() }),
  versions: ofSqlite.clerkVersionsTable(),
}

/** 1201 erased users whose rows are there, and one above them whose row is not. */
async function erasedUsers() {
  const { file, query } = rawSqlite(onTestFinished)
  await query('create table users (id text primary key, email text)')
  await query(`create table clerk_versions (table_name text not null, id text not null, version text not null,
    deleted_at integer, primary key (table_name, id))`)
  await query(`insert into users (id) with recursive n(i) as (select 1 union all select i + 1 from n where i < 1201)
    select 'user_' || i from n`)
  await query(`insert into clerk_versions select 'users', id, '1', ${Date.now() - 365 * DAY_MS} from users`)
  await query(`insert into clerk_versions values ('users', 'user_z', '1', ${Date.now() - 365 * DAY_MS})`)
  return { file, query }
}

/** Calls with each page of tombstones that is read. */
const onPage = (page: () => void): Logger => ({
  logQuery: (text) => {
    if (/from "clerk_versions" .* order by/.test(text)) page()
  },
})

const left = "select count(*) as n from clerk_versions where id = 'user_z'"

describe('Prune passes the versions of rows that are there', () => {
  afterEach(() => void vi.restoreAllMocks())

  const synchronous = (file: string, page: () => void) => {
    const connection = new Database(file)
    onTestFinished(() => void connection.close())
    return createClerkSync({ adapter: drizzleAdapter(drizzle(connection, { logger: onPage(page) }), tables) })
  }

  it('a page at a time: others have their time in between, on a driver that answers at once', async () => {
    const { file, query } = await erasedUsers()
    const seen: string[] = []
    const clerkSync = synchronous(file, () => {
      seen.push('page')
      if (seen.length === 1) setTimeout(() => seen.push('other'))
    })
    expect(await clerkSync.prune({ olderThan })).toMatchObject({ tombstones: { user: 1 }, failures: [] })
    expect(await query(left)).toEqual([{ n: 0 }])
    expect(seen.slice(0, 3)).toEqual(['page', 'other', 'page'])
  })

  it('and ends between two pages once its signal is aborted, without an error', async () => {
    const { file, query } = await erasedUsers()
    const controller = new AbortController()
    let pages = 0
    const clerkSync = synchronous(file, () => {
      pages++
      controller.abort()
    })
    expect(await clerkSync.prune({ olderThan, signal: controller.signal })).toMatchObject({ tombstones: { user: 0 } })
    expect(pages).toBe(1)
    expect(await query(left)).toEqual([{ n: 1 }])
  })

  it('each page has time of its own: as many as there are do not make it fail', async () => {
    const { file, query } = await erasedUsers()
    const client = createClient({ url: `file:${file}` })
    onTestFinished(() => client.close())
    const limits: AbortController[] = []
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const limit = new AbortController()
      limits.push(limit)
      return limit.signal
    })
    // The time of what was sent before the last page is over when the next one is read.
    let before = 0
    const logger = onPage(() => {
      for (const limit of limits.slice(0, before)) limit.abort(new DOMException('too long', 'TimeoutError'))
      before = limits.length
    })
    const clerkSync = createClerkSync({ adapter: drizzleAdapter(drizzleLibsql({ client, logger }), tables) })
    expect(await clerkSync.prune({ olderThan })).toMatchObject({ tombstones: { user: 1 }, failures: [] })
    expect(await query(left)).toEqual([{ n: 0 }])
  })
})
