// PostgreSQL turns the commit of a failed transaction into a rollback, and its answer is the only sign of that.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { shapes, welcomes } from './kit/schema-pg.ts'

function nodePostgres(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  onTestFinished(() => pool.end())
  return drizzleNodePostgres(pool, { casing: 'snake_case' })
}

function postgresJs(url: string) {
  const client = postgres(url, { max: 2, fetch_types: false, onnotice: () => {} })
  onTestFinished(() => client.end({ timeout: 1 }))
  return drizzlePostgresJs(client, { casing: 'snake_case' })
}

describe.for([
  ['node-postgres', nodePostgres],
  ['postgres.js', postgresJs],
] as const)('%s', ([, open]) => {
  it('a delivery whose transaction fails in its last moment is not acknowledged', async () => {
    const target = await freshDatabase('postgres', 'drizzle_commit_proof')
    const raw = new pg.Pool({ connectionString: target, max: 1 })
    await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
    const proxy = await startFaultProxy({ target, protocol: 'postgres' })
    onTestFinished(async () => {
      await proxy.close()
      await raw.end()
    })
    const lateIsSent = Promise.withResolvers<void>()
    const look = /^select .* from "events"/
    proxy.rule({ at: look, do: 'delay', when: 'after', until: lateIsSent.promise })
    let fails = true
    let late: Promise<unknown> | undefined
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(open(proxy.url()), shapes.plain),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
          if (!fails) return
          // Left running, and sent while the library looks at its claim for the last time.
          late = vi
            .waitUntil(() => proxy.statements.some((text) => look.test(text)))
            .then((): Promise<unknown> => {
              // Past the hook's handle, which would refuse it by now.
              const query: Promise<unknown> = Object.getPrototypeOf(tx)
                .execute('select * from no_such_table')
                .catch(() => {})
              setImmediate(lateIsSent.resolve)
              return query
            })
        },
      },
    })
    const event = userEvent('user.created', 'user_1', 1_760_000_000_000)
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'store_failed' })
    await late
    expect(proxy.statements).toContain('select * from no_such_table')
    expect((await raw.query('select 1 from users')).rowCount).toBe(0)

    fails = false
    expect(await clerkSync.apply(event)).toBe('created')
    expect((await raw.query('select id from users')).rows).toEqual([{ id: 'user_1' }])
    expect((await raw.query('select user_id from welcomes')).rows).toEqual([{ user_id: 'user_1' }])
  })
})

it.for(['commit', ' ROLLBACK', 'end'])(
  'postgres.js: a hook that sends %s is refused, and nothing is kept',
  async (text) => {
    const target = await freshDatabase('postgres', 'drizzle_hook_ends')
    const raw = new pg.Pool({ connectionString: target, max: 1 })
    onTestFinished(() => raw.end())
    await sqlTables('postgres', async (statement) => (await raw.query(statement)).rows).create()
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(postgresJs(target), shapes.plain),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
          await tx.execute('savepoint mine')
          await tx.execute('rollback to savepoint mine')
          await tx.execute(text)
        },
      },
    })
    const event = userEvent('user.created', 'user_1', 1_760_000_000_000)
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    expect((await raw.query('select 1 from users')).rowCount).toBe(0)
    expect((await raw.query('select 1 from welcomes')).rowCount).toBe(0)
  },
)
