import { type ClerkEvent, type ClerkSync, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import { userEvent } from './kit/events.ts'
import { relayed } from './kit/relayed.ts'

/** The code of what `apply` threw, or its outcome. */
const answerOf = async (clerkSync: ClerkSync, event: ClerkEvent): Promise<string> =>
  clerkSync.apply(event).catch((error: unknown) => {
    if (!ClerkSyncError.is(error)) throw error
    return `${error.status} ${error.code}`
  })

const at = 1_760_000_000_000

describe.for(relayed)('While %s is away', ([, store]) => {
  async function opened(meanwhile: () => Promise<void> = async () => {}) {
    const { relay, dialect, count } = await store('kysely_away')
    const clerkSync = createClerkSync({
      adapter: adapterOf(open(dialect(3)), 'plain'),
      on: {
        'user.created': async ({ event, tx }) => {
          await hooks.effect(tx, { userId: event.data.id, eventId: event.id })
          await meanwhile()
        },
      },
    })
    return { relay, clerkSync, count }
  }

  it('a delivery is answered 503, and stored when it is sent again', async () => {
    const { relay, clerkSync, count } = await opened()
    const plain = Array.from({ length: 10 }, (_, n) => userEvent('user.updated', `user_${n}`, at))
    const hooked = Array.from({ length: 10 }, (_, n) => userEvent('user.created', `user_${n}`, at - 1))
    const all = [...plain, ...hooked]
    expect(await clerkSync.apply(userEvent('user.created', 'user_before', at))).toBe('created')

    await relay.goAway()
    const away = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
    expect(new Set(away)).toEqual(new Set(['503 store_failed']))

    await relay.comeBack()
    const again = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
    expect(again.filter((answer) => answer.startsWith('503'))).toEqual([])
    expect(await count('users')).toBe(11)
    expect(await count('welcomes')).toBe(11)
    expect(await count('events')).toBe(11)
  })

  it('connections that break under deliveries lose none of them, and no effect happens twice', async () => {
    const { relay, clerkSync, count } = await opened()
    let pending = Array.from({ length: 60 }, (_, n) => userEvent('user.created', `user_${n}`, at))
    let broken = 0
    for (let attempt = 0; pending.length > 0; attempt++) {
      const answers = pending.map((event) => answerOf(clerkSync, event))
      if (attempt < 5) {
        // After the first of them is through, the others are on their way.
        await Promise.race(answers)
        await relay.goAway()
      }
      const failed = await Promise.all(answers)
      // 503, or 500 where it was a statement of the hook that met the broken connection.
      pending = pending.filter((_, n) => failed[n]?.startsWith('50'))
      broken += pending.length
      if (attempt < 5) await relay.comeBack()
    }
    expect(broken).toBeGreaterThan(0)
    expect(await count('users')).toBe(60)
    expect(await count('welcomes')).toBe(60)
  })

  it('a connection that breaks while a hook thinks keeps nothing, and the pool stays whole', async () => {
    let breakIt = async () => {}
    const { relay, clerkSync, count } = await opened(() => breakIt())
    breakIt = async () => {
      await relay.goAway()
      await relay.comeBack()
    }
    // More often than the pool has connections.
    for (let n = 0; n < 4; n++) {
      expect(await answerOf(clerkSync, userEvent('user.created', `user_${n}`, at))).toBe('503 store_failed')
    }
    breakIt = async () => {}
    expect(await count('users')).toBe(0)
    expect(await answerOf(clerkSync, userEvent('user.created', 'user_after', at))).toBe('created')
    expect(await count('welcomes')).toBe(1)
  })
})
