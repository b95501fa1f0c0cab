import { type ClerkEvent, type ClerkSync, ClerkSyncError } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { userEvent } from './events.ts'
import type { Relay } from './relay.ts'

/** A sync behind a relay, whose `user.created` hook writes a row of `welcomes`. */
export interface RelayedSync {
  readonly relay: Relay
  readonly clerkSync: Pick<ClerkSync, 'apply' | 'check'>
  /** Past the relay. */
  count(table: 'users' | 'welcomes' | 'events'): Promise<number>
}

/** The code of what `apply` threw, or its outcome. */
export async function answerOf(clerkSync: Pick<ClerkSync, 'apply'>, event: ClerkEvent): Promise<string> {
  return clerkSync.apply(event).catch((error: unknown) => {
    if (!ClerkSyncError.is(error)) throw error
    return `${error.status} ${error.code}`
  })
}

/** The answers to a delivery whose connection breaks under way: beside its hook, or in it. */
const REFUSALS = ['503 store_failed', '500 hook_failed']

/** What must hold while a database goes away and comes back. */
export function testDatabaseAway(
  databases: readonly (readonly [name: string, open: () => Promise<RelayedSync>])[],
): void {
  const at = 1_760_000_000_000

  describe.for(databases)('While %s is away', ([, open]) => {
    it('a delivery is answered 503, and stored when it is sent again', async () => {
      const { relay, clerkSync, count } = await open()
      const plain = Array.from({ length: 10 }, (_, n) => userEvent('user.updated', `user_${n}`, at))
      const hooked = Array.from({ length: 10 }, (_, n) => userEvent('user.created', `user_${n}`, at - 1))
      const all = [...plain, ...hooked]
      expect(await clerkSync.apply(userEvent('user.created', 'user_before', at))).toBe('created')

      await relay.goAway()
      const away = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
      expect(new Set(away)).toEqual(new Set(['503 store_failed']))

      await expect(clerkSync.check()).rejects.toMatchObject({ name: 'ClerkSyncError', code: 'store_failed' })

      await relay.comeBack()
      expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
      const again = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
      expect(again.filter((answer) => answer.startsWith('503'))).toEqual([])
      expect(await count('users')).toBe(11)
      expect(await count('welcomes')).toBe(11)
      expect(await count('events')).toBe(11)
    })

    it('connections that break under deliveries lose none of them, and no effect happens twice', async () => {
      const { relay, clerkSync, count } = await open()
      let pending = Array.from({ length: 60 }, (_, n) => userEvent('user.created', `user_${n}`, at))
      let broken = 0
      for (let attempt = 0; pending.length > 0; attempt++) {
        const answers = pending.map((event) => answerOf(clerkSync, event))
        if (attempt < 5) {
          // After the first of them is through, the others are on their way.
          await Promise.race(answers)
          await relay.goAway()
        }
        const answered = await Promise.all(answers)
        pending = pending.filter((_, n) => REFUSALS.includes(answered[n] ?? ''))
        broken += pending.length
        if (attempt < 5) await relay.comeBack()
      }
      expect(broken).toBeGreaterThan(0)
      expect(await count('users')).toBe(60)
      expect(await count('welcomes')).toBe(60)
    })
  })
}
