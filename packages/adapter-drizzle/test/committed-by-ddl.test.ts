// DDL on MySQL commits what the transaction has written so far: its rollback no longer reaches the claim of the message.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { answerOf } from '@clerk-sync/test-support/database-away'
import { TIMEOUT_MS } from '@clerk-sync/test-support/deadline'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import * as schema from './kit/schema-mysql.ts'

async function open(name: string) {
  const { url, query } = await mysqlTables('mysql', name, onTestFinished)
  const client = mysql.createPool({ uri: url, connectionLimit: 1 })
  onTestFinished(() => client.end())
  return { db: drizzle({ client, casing: 'snake_case' }), query }
}

describe('A hook on MySQL that commits by DDL, and', () => {
  it.for([
    ['fails', () => Promise.reject(new Error('for a reason of its own'))],
    ['is late', () => new Promise<void>(() => {})],
  ] as const)('%s: the event is processed when it comes again', async ([, end]) => {
    const { db, query } = await open('drizzle_ddl')
    let runs = 0
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, schema.shapes.plain),
      timeoutMs: TIMEOUT_MS,
      on: {
        'user.created': async ({ tx }) => {
          await tx.execute('create table if not exists made_by_a_hook (id int)')
          runs++
          if (runs === 1) await end()
        },
      },
    })
    const event = userEvent('user.created', 'user_1', 1_760_000_000_000)
    expect(await answerOf(clerkSync, event)).toMatch(/^50[03] /)
    await vi.waitUntil(async () => (await query('select 1 from events')).length === 0, { timeout: 5_000 })
    await answerOf(clerkSync, event)
    expect(runs).toBe(2)
  })

  it('meets a deadlock: it runs again to its end', async () => {
    const { db, query } = await open('drizzle_deadlock_ddl')
    let runs = 0
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, schema.shapes.plain),
      on: {
        'user.created': async ({ event, tx }) => {
          runs++
          if (runs === 1) {
            await tx.execute('create table made_by_a_hook (id int)')
            await tx.execute("signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found'")
          }
          await tx.insert(schema.welcomes).values({ userId: event.data.id, eventId: event.id })
        },
      },
    })
    await clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))
    expect(runs).toBe(2)
    expect(await query('select 1 from welcomes')).toHaveLength(1)
    expect(await query('select 1 from events')).toHaveLength(1)
  })
})
