// What a hook leaves running must not write once its transaction is over.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { userEvent } from '@clerk-sync/test-support/events'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { expect, it, onTestFinished } from 'vitest'
import * as schemaPg from './kit/schema-pg.ts'
import * as schemaSqlite from './kit/schema-sqlite.ts'

const AT = 1_760_000_000_000

it('postgres.js: not into the transaction of the delivery that has the connection now', async () => {
  const { url, query } = await postgresTables('drizzle_late_writes', onTestFinished)
  const client = postgres(url, { max: 1, onnotice: () => {} })
  onTestFinished(() => client.end({ timeout: 1 }))
  const other = { begun: Promise.withResolvers<void>(), mayEnd: Promise.withResolvers<void>() }
  let late: Promise<unknown> | undefined
  const db = drizzle(client, { casing: 'snake_case' })
  const { users, events } = schemaPg.shapes.plain
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, { users, events }),
    on: {
      'user.created': async ({ event, tx }) => {
        if (event.data.id === 'user_other') {
          other.begun.resolve()
          return other.mayEnd.promise
        }
        late = other.begun.promise.then(() =>
          tx.insert(schemaPg.welcomes).values({ userId: event.data.id, eventId: event.id }),
        )
        throw new Error('It fails with work left.')
      },
    },
  })
  await expect(clerkSync.apply(userEvent('user.created', 'user_failed', AT))).rejects.toMatchObject({
    code: 'hook_failed',
  })
  const second = clerkSync.apply(userEvent('user.created', 'user_other', AT))
  await expect(late).rejects.toThrow(/insert into "welcomes"/)
  other.mayEnd.resolve()
  expect(await second).toBe('created')
  expect(await query('select * from welcomes')).toEqual([])
})

it.for([
  ['goes on', (work: Promise<unknown>) => work],
  ['catches the error and goes on', (work: Promise<unknown>) => work.catch(() => {})],
] as const)(
  'postgres.js: a hook whose connection was killed, and %s, spares the next delivery',
  async ([, dealtWith]) => {
    const { url, query } = await postgresTables('drizzle_killed', onTestFinished)
    const client = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: 'killed' } })
    onTestFinished(() => client.end({ timeout: 1 }))
    const gates = new Map<string | undefined, ReturnType<typeof gate>>()
    const { users, events } = schemaPg.shapes.plain
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzle(client, { casing: 'snake_case' }), { users, events }),
      on: {
        'user.created': async ({ event, tx }) => {
          const { begun, mayEnd, isOver } = gates.get(event.data.id) ?? gate()
          begun.resolve()
          await mayEnd.promise
          try {
            await dealtWith(tx.insert(schemaPg.welcomes).values({ userId: event.data.id, eventId: event.id }).execute())
          } finally {
            isOver.resolve()
          }
        },
      },
    })
    const deliver = (id: string) => {
      const control = gate()
      gates.set(id, control)
      return { ...control, answer: clerkSync.apply(userEvent('user.created', id, AT)) }
    }
    for (let n = 0; n < 20; n++) {
      const killed = deliver(`user_killed_${n}`)
      const refused = expect(killed.answer).rejects.toMatchObject({ status: 503 })
      await killed.begun.promise
      await query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'killed'")
      const next = deliver(`user_next_${n}`)
      await next.begun.promise
      killed.mayEnd.resolve()
      await killed.isOver.promise
      await refused
      // What follows the hook takes one turn of the event loop.
      await new Promise(setImmediate)
      next.mayEnd.resolve()
      expect(await next.answer).toBe('created')
    }
    const rows = await query('select user_id from welcomes')
    expect(rows.map((row) => row.user_id)).toEqual(Array.from({ length: 20 }, (_, n) => `user_next_${n}`))
  },
)

function gate() {
  return {
    begun: Promise.withResolvers<void>(),
    mayEnd: Promise.withResolvers<void>(),
    isOver: Promise.withResolvers<void>(),
  }
}

type WelcomeTx = Pick<ReturnType<typeof drizzleSqlite>, 'insert' | 'run' | 'transaction'>

it.for([
  ['runs later', (tx, row) => Promise.resolve().then(() => tx.insert(schemaSqlite.welcomes).values(row).run())],
  ['awaits a query', async (tx, row) => tx.insert(schemaSqlite.welcomes).values(row)],
  [
    'begins a nested transaction later',
    (tx, row) =>
      Promise.resolve().then(() => tx.transaction((own) => own.insert(schemaSqlite.welcomes).values(row).run())),
  ],
  ['sends a statement later', (tx) => Promise.resolve().then(() => tx.run('delete from users'))],
] satisfies [string, (tx: WelcomeTx, row: { userId: string; eventId: string }) => Promise<unknown>][])(
  'better-sqlite3: not by itself, where a refused hook %s, however often the message comes',
  async ([, write]) => {
    const connection = new Database(':memory:')
    onTestFinished(() => void connection.close())
    await sqlTables('sqlite', queryOf(connection)).create()
    const { users, events } = schemaSqlite.shapes.plain
    const adapter = drizzleAdapter(drizzleSqlite(connection, { casing: 'snake_case' }), { users, events })
    type Tx = NonNullable<(typeof adapter)['$types']>['tx']
    const late: Promise<unknown>[] = []
    const clerkSync = createClerkSync({
      // The types refuse the hook, and not everybody has them.
      adapter: adapter as SyncAdapter<Rows, Tx>,
      on: {
        'user.created': ({ event, tx }) => {
          const work = write(tx, { userId: event.data.id, eventId: event.id })
          late.push(work)
          return work
        },
      },
    })
    const event = userEvent('user.created', 'user_async', AT)
    for (const _ of [1, 2, 3]) await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
    for (const work of late) await expect(work).rejects.toThrow('The transaction has ended')
    expect(connection.prepare('select * from welcomes').all()).toEqual([])
    expect(connection.prepare('select * from users').all()).toEqual([])
  },
)
