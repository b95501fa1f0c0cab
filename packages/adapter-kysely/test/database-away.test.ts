import { createClerkSync } from '@clerk-sync/core'
import { answerOf, testDatabaseAway } from '@clerk-sync/test-support/database-away'
import { userEvent } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import { type Relayed, relayed } from './kit/relayed.ts'

async function opened(store: (suite: string) => Promise<Relayed>, meanwhile: () => Promise<void> = async () => {}) {
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

testDatabaseAway(relayed.map(([name, store]) => [name, () => opened(store)]))

describe.for(relayed)('While %s is away', ([, store]) => {
  it('a connection that breaks while a hook thinks keeps nothing, and the pool stays whole', async () => {
    let breakIt = async () => {}
    const { relay, clerkSync, count } = await opened(store, () => breakIt())
    breakIt = async () => {
      await relay.goAway()
      await relay.comeBack()
    }
    const at = 1_760_000_000_000
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
