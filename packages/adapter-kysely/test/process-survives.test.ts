import { type ClerkEvent, type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { startFaultProxy, startOwnServer } from '@clerk-sync/fault-proxy'
import { answerOf } from '@clerk-sync/test-support/database-away'
import { userEvent } from '@clerk-sync/test-support/events'
import { createdTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

// A pool without a listener for its errors: an event that nobody hears ends a process.
const uncaught: unknown[] = []
beforeEach(() => {
  uncaught.length = 0
  const hear = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', hear)
  onTestFinished(() => void process.off('uncaughtException', hear))
})

function syncOn(connectionString: string, inHook: () => Promise<unknown>) {
  const pool = new pg.Pool({ connectionString, max: 4 })
  onTestFinished(() => pool.end())
  const adapter = adapterOf(open(new PostgresDialect({ pool })), 'plain')
  const clerkSync = createClerkSync({
    adapter,
    on: {
      'user.created': async ({ event, tx }) => {
        await hooks.effect(tx, { userId: event.data.id, eventId: event.id })
        await inHook()
      },
    },
  })
  return { adapter, clerkSync }
}

/** As Svix would, but sooner. */
async function untilAcknowledged(clerkSync: Pick<ClerkSync, 'apply'>, event: ClerkEvent): Promise<void> {
  while (/^5/.test(await answerOf(clerkSync, event))) await new Promise((resolve) => setTimeout(resolve, 50))
}

const at = 1_760_000_000_000
const users = (name: string) => [1, 2, 3, 4].map((n) => userEvent('user.created', `${name}_${n}`, at))

it('PostgreSQL restarts, and the process goes on', { timeout: 120_000 }, async () => {
  const server = await startOwnServer('postgres')
  onTestFinished(() => server.close())
  const { query } = await createdTables('postgres', rawPostgres(server.url, onTestFinished))
  let inHook: () => Promise<unknown> = async () => {}
  const { clerkSync } = syncOn(server.url, () => inHook())
  const acknowledged = (event: ClerkEvent) => untilAcknowledged(clerkSync, event)
  for (const event of users('before')) expect(await answerOf(clerkSync, event)).toBe('created')
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  // Every connection is idle now.
  await server.restart()
  await Promise.all(users('idle').map(acknowledged))

  const allIn = Promise.withResolvers<void>()
  let entered = 0
  inHook = async () => {
    if (++entered === 4) allIn.resolve()
    await allIn.promise
    if (entered === 4) await restarted
  }
  const restarted = allIn.promise.then(() => server.restart())
  const events = users('in_a_hook')
  expect(await Promise.all(events.map((event) => answerOf(clerkSync, event)))).toEqual(
    events.map(() => '503 store_failed'),
  )
  inHook = async () => {}
  await Promise.all(events.map(acknowledged))
  expect(await query('select 1 from users')).toHaveLength(12)
  expect(await query('select 1 from welcomes')).toHaveLength(12)
  expect(uncaught).toEqual([])
})

it.for(['cut', 'reset', 'truncate'] as const)(
  'a connection that is %s while a row is read leaves the process alone',
  async (fault) => {
    const { url } = await postgresTables('kysely_process', onTestFinished)
    const proxy = await startFaultProxy({ target: url, protocol: 'postgres' })
    onTestFinished(() => proxy.close())
    const { adapter, clerkSync } = syncOn(proxy.url(), async () => {})
    proxy.rule({ at: /^select .*from "users"/i, do: fault, when: 'after' })
    await expect(adapter.find('user', 'user_1')).rejects.toThrow()
    expect(await adapter.find('user', 'user_1')).toBeUndefined()
    await proxy.cutAll()
    await untilAcknowledged(clerkSync, userEvent('user.created', 'user_1', at))
    expect(uncaught).toEqual([])
  },
)
