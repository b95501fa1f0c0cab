import type { ClerkSync } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { userEvent } from './events.ts'

/** What a hook can do with its `tx`: write a row of `welcomes`, and send any statement. */
type Hook = (write: () => Promise<unknown>, execute: (text: string) => Promise<unknown>) => Promise<void>

/** A database with the kit's tables. */
export interface PooledSync {
  /** A sync with a pool of so many connections, and a `user.created` hook. */
  sync(connections: number, hook: Hook): Pick<ClerkSync, 'apply'>
  /** Past the pool. */
  countWelcomes(): Promise<number>
}

/** What begins or ends a transaction, in some of its spellings. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  PostgreSQL: [
    ...['commit', 'ROLLBACK', 'begin', 'start transaction', 'end', 'abort', 'commit and chain', 'rollback work'],
    ...['/* audit */ commit', '-- audit\n  rollback', "select 'it''s'; commit", 'select $a$;$a$; rollback;'],
  ],
  MySQL: [
    ...['commit', 'ROLLBACK', 'begin', 'start transaction', 'commit and chain', 'rollback work', '/*! commit */'],
    ...['/* audit */ commit', '-- audit\n  rollback', '# audit\ncommit', 'lock tables users write'],
  ],
}

/** What only looks like it. */
const NO_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  PostgreSQL: ["select '; commit'", 'select 1 /* ; rollback */', 'select 1 as "a;commit"', 'select $$;commit$$'],
  MySQL: ["select 'it\\'s; commit'", 'select 1 /* ; rollback */', 'select 1 as `a;commit`', 'select "; commit"'],
}

const DEADLOCK = "signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found'"

/** What must hold where hooks share a pool of connections. */
export function testPooledHooks(
  databases: readonly (readonly [name: string, open: () => Promise<PooledSync>])[],
): void {
  const at = 1_760_000_000_000

  describe.for(databases)('On %s', ([name, open]) => {
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

    it('what a hook leaves running when it ends is not sent before the commit', async () => {
      const { sync, countWelcomes } = await open()
      let late: Promise<unknown> = Promise.resolve()
      const clerkSync = sync(2, async (write) => {
        // While the library looks at its claim for the last time.
        late = new Promise((resolve) => setImmediate(resolve)).then(write)
        late.catch(() => {})
      })
      expect(await clerkSync.apply(userEvent('user.created', 'user_late', at))).toBe('created')
      await expect(late).rejects.toThrow()
      expect(await countWelcomes()).toBe(0)
    })

    it.for(COMMANDS[name] ?? [])('a hook that sends %j is refused, whatever it makes of the error', async (text) => {
      const { sync, countWelcomes } = await open()
      let ends = true
      const clerkSync = sync(2, async (write, execute) => {
        await write()
        if (!ends) return
        await expect(execute(text)).rejects.toThrow()
        // It would be committed by itself.
        await expect(write()).rejects.toThrow()
      })
      const event = userEvent('user.created', 'user_ending', at)
      await expect(clerkSync.apply(event)).rejects.toMatchObject({
        code: 'hook_failed',
        message: expect.stringMatching(/tried to begin or end the transaction/),
      })
      expect(await countWelcomes()).toBe(0)
      ends = false
      expect(await clerkSync.apply(event)).toBe('created')
      expect(await clerkSync.apply(event)).toBe('duplicate')
      expect(await countWelcomes()).toBe(1)
    })

    it.for(NO_COMMANDS[name] ?? [])('a hook may send %j', async (text) => {
      const { sync, countWelcomes } = await open()
      const clerkSync = sync(2, async (write, execute) => {
        await execute(text)
        await write()
      })
      expect(await clerkSync.apply(userEvent('user.created', 'user_quoting', at))).toBe('created')
      expect(await countWelcomes()).toBe(1)
    })

    it('a hook that fails after something has committed its transaction runs again', async () => {
      const { sync, countWelcomes } = await open()
      let fails = true
      const clerkSync = sync(2, async (write, execute) => {
        if (fails) {
          // On MySQL it commits, without being called a commit.
          if (name === 'MySQL') await execute('create table made_by_a_hook (id int)')
          throw new Error('the other half failed')
        }
        await write()
      })
      const event = userEvent('user.created', 'user_half', at)
      await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'hook_failed' })
      fails = false
      expect(await clerkSync.apply(event)).toBe(name === 'MySQL' ? 'unchanged' : 'created')
      expect(await countWelcomes()).toBe(1)
      expect(await clerkSync.apply(event)).toBe('duplicate')
    })

    it('a hook that catches a deadlock on MySQL writes nothing by itself', async () => {
      const { sync, countWelcomes } = await open()
      let loses = true
      const clerkSync = sync(2, async (write, execute) => {
        if (loses) {
          loses = false
          const deadlock = name === 'PostgreSQL' ? 'select 1 / 0' : DEADLOCK
          const beside = write()
          await Promise.allSettled([execute(deadlock), beside])
          await Promise.allSettled([write()])
          return
        }
        await write()
      })
      const event = userEvent('user.created', 'user_lost', at)
      const first = await clerkSync.apply(event).catch(({ code }) => code)
      if (first !== 'created') expect(await clerkSync.apply(event)).toBe('created')
      expect(await countWelcomes()).toBe(1)
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
