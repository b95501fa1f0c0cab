// A table of versions in which many tombstones have a row that was erased, and is there for ever.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const olderThan = new Date(Date.now() - 100 * 86_400_000)
const LEFT = "select id from clerk_versions where id = 'user_z'"

/** 1201 erased users whose rows are there, and one above them whose row is not. */
async function erasedUsers(page: () => void) {
  const { postgrest, sql } = await openProject('supabase_prune', 'functions', 'versions')
  await sql('create table profiles (id text primary key, first_name text)')
  await sql("insert into profiles (id) select 'user_' || n from generate_series(1, 1201) n")
  await sql(`insert into clerk_versions (table_name, id, version, deleted_at)
    select 'profiles', id, '1', now() - interval '365 days' from (select id from profiles union select 'user_z') as users`)
  const client = clientOf(postgrest.url, KEYS.service, {
    global: {
      fetch: (input, init) => {
        if (/\/clerk_versions\?/.test(String(input))) page()
        return fetch(input, init)
      },
    },
  })
  const adapter = supabaseAdapter(client, {
    users: { table: 'profiles', columns: ['first_name'] },
    versions: 'clerk_versions',
  })
  return { ...createClerkSync({ adapter }), sql }
}

describe('Prune passes the versions of rows that are there', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('and ends between two pages once its signal is aborted, without an error', async () => {
    const controller = new AbortController()
    let pages = 0
    const { prune, sql } = await erasedUsers(() => {
      pages++
      controller.abort()
    })
    expect(await prune({ olderThan, signal: controller.signal })).toMatchObject({ tombstones: { user: 0 } })
    expect(pages).toBe(1)
    expect(await sql(LEFT)).toHaveLength(1)
  })

  it('each page has time of its own: as many as there are do not make it fail', async () => {
    const limits: AbortController[] = []
    // The time of what was sent before the last page is over when the next one is read.
    let before = 0
    const { prune, sql } = await erasedUsers(() => {
      for (const limit of limits.slice(0, before)) limit.abort(new DOMException('too long', 'TimeoutError'))
      before = limits.length
    })
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const limit = new AbortController()
      limits.push(limit)
      return limit.signal
    })
    expect(await prune({ olderThan })).toMatchObject({ tombstones: { user: 1 }, failures: [] })
    expect(await sql(LEFT)).toHaveLength(0)
  })
})
