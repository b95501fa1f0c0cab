import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { testPooledHooks } from '@clerk-sync/test-support/pooled-hooks'
import { CompiledQuery, sql, type Transaction } from 'kysely'
import { describe, expect, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import type { Database } from './kit/database.ts'
import { type Relayed, relayed } from './kit/relayed.ts'

const at = 1_760_000_000_000
const welcome = (tx: Transaction<Database>, userId: string) => hooks.effect(tx, { userId, eventId: userId })

function syncOn({ dialect }: Relayed, connections: number, hook: (tx: Transaction<Database>) => unknown) {
  const adapter = adapterOf(open(dialect(connections)), 'plain')
  return createClerkSync({ adapter, on: { 'user.created': ({ tx }) => hook(tx) } })
}

testPooledHooks(
  relayed.map(([name, open]) => [
    name,
    async () => {
      const store = await open('kysely_hooks')
      return {
        sync: (connections, hook) =>
          syncOn(store, connections, (tx) =>
            hook(
              () => welcome(tx, 'user_of_a_hook'),
              (text) => sql.raw(text).execute(tx),
            ),
          ),
        countWelcomes: () => store.count('welcomes'),
      }
    },
  ]),
)

type Tx = Transaction<Database>
const row = { userId: 'user_of_a_hook', eventId: 'msg_of_a_hook' }
const text = "insert into welcomes (user_id, event_id) values ('user_of_a_hook', 'msg_of_a_hook')"
const derived: readonly [string, (tx: Tx) => (write: Tx) => unknown][] = [
  ['tx.withoutPlugins()', (tx) => () => sql.raw(text).execute(tx.withoutPlugins())],
  [
    'what it made of tx before',
    (tx) =>
      (
        (plain) => () =>
          sql.raw(text).execute(plain)
      )(tx.withoutPlugins()),
  ],
  ["the transaction's executor", (tx) => () => tx.getExecutor().withoutPlugins().executeQuery(CompiledQuery.raw(text))],
  [
    'a query that it built before',
    (tx) =>
      (
        (query) => () =>
          query.execute()
      )(tx.insertInto('welcomes').values(row)),
  ],
  ['a compiled query', (tx) => () => tx.executeQuery(CompiledQuery.raw(text))],
  ["the transaction's schema", (tx) => () => tx.schema.createTable('late').addColumn('id', 'integer').execute()],
]

describe.for(relayed)('On %s', ([, open]) => {
  it.for(derived)('%s writes nothing after the hook, nor into the next transaction', async ([, make]) => {
    const store = await open('kysely_hooks')
    const other = { begun: Promise.withResolvers<void>(), mayEnd: Promise.withResolvers<void>() }
    let write: () => unknown = () => {}
    let hook: (tx: Tx) => unknown = (tx) => {
      const late = make(tx)
      write = () => late(tx)
    }
    const clerkSync = syncOn(store, 1, (tx) => hook(tx))
    // A query that was built and not run is an error by itself.
    const first = await clerkSync.apply(userEvent('user.created', 'user_1', at)).catch(({ code }) => code)
    expect(['created', 'hook_failed']).toContain(first)
    hook = () => {
      other.begun.resolve()
      return other.mayEnd.promise
    }
    const second = clerkSync.apply(userEvent('user.created', 'user_2', at))
    await other.begun.promise
    await expect(Promise.resolve().then(write)).rejects.toThrow(/transaction has ended|already/)
    other.mayEnd.resolve()
    expect(await second).toBe('created')
    expect(await store.count('welcomes')).toBe(0)
  })

  it('statements that wait for their turn when one beside them fails write nothing afterwards', async () => {
    let all: readonly Promise<unknown>[] = []
    const store = await open('kysely_hooks')
    const clerkSync = syncOn(store, 1, (tx) => {
      all = [
        sql`select * from no_such_table`.execute(tx),
        ...Array.from({ length: 20 }, (_, n) => welcome(tx, `waiting_${n}`)),
      ]
      return Promise.all(all)
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_all', at))).rejects.toMatchObject({
      code: 'hook_failed',
    })
    await Promise.allSettled(all)
    expect(await clerkSync.apply(userEvent('user.updated', 'user_all', at))).toBe('created')
    expect(await store.count('welcomes')).toBe(0)
  })
})
