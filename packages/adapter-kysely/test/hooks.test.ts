import { createClerkSync } from '@clerk-sync/core'
import { type Kysely, sql, type Transaction } from 'kysely'
import { describe, expect, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import type { Database } from './kit/database.ts'
import { userEvent } from './kit/events.ts'
import { relayed } from './kit/relayed.ts'

const at = 1_760_000_000_000
type Hook = (tx: Transaction<Database>, db: Kysely<Database>) => unknown

describe.for(relayed)('On %s', ([, store]) => {
  async function opened(connections: number, hook: Hook) {
    const { dialect, count } = await store('kysely_hooks')
    const db = open(dialect(connections))
    const clerkSync = createClerkSync({
      adapter: adapterOf(db, 'plain'),
      on: { 'user.created': ({ tx }) => hook(tx, db) },
    })
    return { clerkSync, count, db }
  }
  const welcome = (tx: Transaction<Database>, userId: string) => hooks.effect(tx, { userId, eventId: userId })

  it('a pool of one connection does not lock itself up', async () => {
    const { clerkSync } = await opened(1, () => {})
    const events = Array.from({ length: 30 }, (_, n) =>
      userEvent(n % 2 ? 'user.created' : 'user.updated', `user_${n % 5}`, at + n),
    )
    const outcomes = await Promise.all([...events, ...events].map((event) => clerkSync.apply(event)))
    expect(outcomes).toHaveLength(60)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(15)
  })

  it('what a hook leaves running when it fails writes nothing afterwards', async () => {
    const rolledBack = Promise.withResolvers<void>()
    let late: Promise<unknown> = Promise.resolve()
    const { clerkSync, count } = await opened(2, (tx) => {
      late = rolledBack.promise.then(() => welcome(tx, 'late'))
      throw new Error('the other half failed')
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_late', at))).rejects.toMatchObject({
      code: 'hook_failed',
    })
    rolledBack.resolve()
    await expect(late).rejects.toThrow()
    expect(await count('welcomes')).toBe(0)
  })

  it('statements that wait for their turn when one beside them fails write nothing afterwards', async () => {
    let all: readonly Promise<unknown>[] = []
    const { clerkSync, count } = await opened(1, (tx) => {
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
    expect(await count('welcomes')).toBe(0)
  })

  it('a slow hook holds up its own user alone', async () => {
    const hook = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const { clerkSync } = await opened(4, () => {
      entered.resolve()
      return hook.promise
    })
    const slow = clerkSync.apply(userEvent('user.created', 'user_slow', at))
    await entered.promise

    // None of these would come back if the open transaction held more than its own row.
    expect(await clerkSync.apply(userEvent('user.updated', 'user_other', at))).toBe('created')
    expect(await clerkSync.apply(userEvent('user.updated', 'user_other', at + 1))).toBe('updated')
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_other', at + 2))).toBe('deleted')

    hook.resolve()
    expect(await slow).toBe('created')
  })
})
