import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openD1 } from './kit/d1.ts'
import { serveNeon } from './kit/neon-server.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

async function openNeon() {
  const { url, query } = await postgresTables('drizzle_at_least_once', onTestFinished)
  const server = await serveNeon()
  onTestFinished(server.close)
  neonConfig.fetchEndpoint = server.endpoint
  const db = drizzleNeon(neon(url), { casing: 'snake_case' })
  return { adapter: drizzleAdapter(db, pgSchema.shapes.uniqueLast), query }
}

/** Through the binding that miniflare gives to Node. */
async function openOriginalD1() {
  const { tables, ask, original, close } = await openD1()
  onTestFinished(close)
  await tables.create()
  const db = drizzleD1(await original(), { casing: 'snake_case' })
  return { adapter: drizzleAdapter(db, sqliteSchema.shapes.uniqueLast), query: ask }
}

describe.for([
  ['neon-http', openNeon],
  ['D1', openOriginalD1],
] as const)('Without interactive transactions, on %s', ([, open]) => {
  it('a hook that throws leaves the row, and runs again when the event is sent again', async () => {
    const { adapter, query } = await open()
    const event = userEvent('user.created', 'user_1', 1_700_000_000_000, { first_name: 'Ada' })
    const seen: unknown[] = []
    let broken = true
    const on = {
      'user.created': (context: { readonly outcome: string }) => {
        seen.push(context.outcome, Reflect.get(context, 'tx'))
        if (broken) throw new Error('the mail server is away')
      },
    }
    const clerkSync = createClerkSync({ adapter, on })
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await query('select first_name from "uniqueLastUsers"')).toEqual([{ first_name: 'Ada' }])
    expect(await query('select id from events')).toEqual([])
    broken = false
    expect(await clerkSync.apply(event)).toBe('unchanged')
    expect(await clerkSync.apply(event)).toBe('duplicate')
    expect(seen).toEqual(['created', undefined, 'unchanged', undefined])
    expect(await query('select id from events')).toEqual([{ id: event.id }])
  })

  it('a write that clashes runs no hook and marks nothing', async () => {
    const { adapter, query } = await open()
    let calls = 0
    const clerkSync = createClerkSync({ adapter, on: { 'user.created': () => calls++ } })
    const created = (id: string) => userEvent('user.created', id, 1_700_000_000_000, withEmail('ada@example.com'))
    await clerkSync.apply(created('user_1'))
    await expect(clerkSync.apply(created('user_2'))).rejects.toMatchObject({ code: 'unique_conflict' })
    expect(calls).toBe(1)
    expect(await query('select id from "uniqueLastUsers"')).toEqual([{ id: 'user_1' }])
    expect(await query('select entity_id from events')).toEqual([{ entity_id: 'user_1' }])
  })

  it('a mark that cannot be written to the ledger is an error that says so', async () => {
    const { adapter, query } = await open()
    const on = { 'user.created': () => query('drop table events') }
    const delivery = createClerkSync({ adapter, on }).apply(userEvent('user.created', 'user_1', 1_700_000_000_000))
    await expect(delivery).rejects.toThrow(/was stored and its hook ran.*its hook will run again/)
  })
})
