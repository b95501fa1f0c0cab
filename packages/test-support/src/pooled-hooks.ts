import type { ClerkSync } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { userEvent } from './events.ts'

/** A database with the kit's tables. */
export interface PooledSync {
  /** A sync with a pool of so many connections. Its `user.created` hook may write a row of `welcomes`, with `tx`. */
  sync(connections: number, hook: (write: () => Promise<unknown>) => Promise<void>): Pick<ClerkSync, 'apply'>
  /** Past the pool. */
  countWelcomes(): Promise<number>
}

/** What must hold where hooks share a pool of connections. */
export function testPooledHooks(
  databases: readonly (readonly [name: string, open: () => Promise<PooledSync>])[],
): void {
  const at = 1_760_000_000_000

  describe.for(databases)('On %s', ([, open]) => {
    it('a pool of one connection does not lock itself up', async () => {
      const { sync } = await open()
      const clerkSync = sync(1, async () => {})
      const events = Array.from({ length: 30 }, (_, n) =>
        userEvent(n % 2 ? 'user.created' : 'user.updated', `user_${n % 5}`, at + n),
      )
      const outcomes = await Promise.all([...events, ...events].map((event) => clerkSync.apply(event)))
      expect(outcomes).toHaveLength(60)
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(15)
    })

    it('what a hook leaves running when it fails writes nothing afterwards', async () => {
      const { sync, countWelcomes } = await open()
      const rolledBack = Promise.withResolvers<void>()
      let late: Promise<unknown> = Promise.resolve()
      const clerkSync = sync(2, async (write) => {
        late = rolledBack.promise.then(write)
        throw new Error('the other half failed')
      })
      const event = userEvent('user.created', 'user_late', at)
      await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
      rolledBack.resolve()
      await expect(late).rejects.toThrow()
      expect(await countWelcomes()).toBe(0)
    })

    it('a slow hook holds up its own user alone', async () => {
      const { sync } = await open()
      const hook = Promise.withResolvers<void>()
      const entered = Promise.withResolvers<void>()
      const clerkSync = sync(4, () => {
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
}
