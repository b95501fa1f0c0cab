import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { testPooledHooks } from '@clerk-sync/test-support/pooled-hooks'
import { sql, type Transaction } from 'kysely'
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

describe.for(relayed)('On %s', ([, open]) => {
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
