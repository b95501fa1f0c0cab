import type { ClerkSync } from '@clerk-sync/core'
import type { FaultProxy } from '@clerk-sync/fault-proxy'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { answerOf } from './database-away.ts'
import { userEvent } from './events.ts'
import type { WhenDone } from './raw-connections.ts'

export const TIMEOUT_MS = 500
/** An answer that leaves this much later has not been held up by the database. */
const SLACK_MS = 1_500
const RECOVERY_MS = 15_000
const at = 1_760_000_000_000

/** A sync of `timeoutMs` {@link TIMEOUT_MS}, with a pool of one connection, behind a proxy. */
export interface TimedSync {
  readonly proxy: FaultProxy
  readonly clerkSync: Pick<ClerkSync, 'apply'>
  /** What the hook of `user.created` does after it has written a row of `welcomes`. */
  onHook(next: () => Promise<unknown>): void
  /** A query of the application's, through the pool and not the transaction. */
  outside(): Promise<unknown>
  /** Past the proxy. */
  count(table: 'users' | 'welcomes'): Promise<number>
  /** A row of `users` that another connection holds locked until it is let go. */
  lockUser(id: string): Promise<() => Promise<void>>
}

const STATEMENTS: readonly (readonly [string, RegExp])[] = [
  ['begin', /^(begin|start transaction)/i],
  ['the claim', /^insert into [^(]*events/i],
  ['the row', /^insert into [^(]*users/i],
  ["the hook's write", /^insert into [^(]*welcomes/i],
  ['the last look', /^select .* from [^ ]*events/i],
  ['commit', /^commit/i],
]

/** What must hold where a database does not answer, with a pool of one connection. */
export function testDeadline(databases: readonly (readonly [name: string, open: () => Promise<TimedSync>])[]): void {
  async function inTime(sync: TimedSync, event: ReturnType<typeof userEvent>): Promise<string> {
    const startedAt = performance.now()
    const answer = await answerOf(sync.clerkSync, event)
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS)
    return answer
  }

  /** A delivery that is sent again until it is stored, as Svix would. */
  async function storedInTheEnd(sync: TimedSync, event: ReturnType<typeof userEvent>): Promise<void> {
    await vi.waitUntil(async () => !/^\d{3} /.test(await answerOf(sync.clerkSync, event)), { timeout: RECOVERY_MS })
  }

  describe.for(databases)('On a pool of one connection, %s', ([, open]) => {
    const cases = STATEMENTS.flatMap(([name, at]) => (['before', 'after'] as const).map((when) => ({ name, at, when })))

    it.for(cases)(
      'silence $when $name: answered in time, and the next one is stored',
      async ({ at: statement, when }) => {
        const sync = await open()
        const event = userEvent('user.created', 'user_1', at)
        expect(await answerOf(sync.clerkSync, userEvent('user.updated', 'user_0', at))).toBe('created')
        const silence = sync.proxy.rule({ at: statement, do: 'silence', when })
        expect(await inTime(sync, event)).toMatch(/^503 store_failed|^500 hook_failed/)
        expect(silence.hits()).toBe(1)
        await storedInTheEnd(sync, userEvent('user.updated', 'user_2', at))
        // Its own transaction may be open on the server still.
        await storedInTheEnd(sync, event)
        expect(await sync.count('users')).toBe(3)
        expect(await sync.count('welcomes')).toBe(1)
      },
    )

    it.for(['before', 'after'] as const)('silence %s a write without a hook: the same', async (when) => {
      const sync = await open()
      expect(await answerOf(sync.clerkSync, userEvent('user.updated', 'user_0', at))).toBe('created')
      const silence = sync.proxy.rule({ at: /^insert into [^(]*users/i, do: 'silence', when })
      const event = userEvent('user.updated', 'user_1', at)
      expect(await inTime(sync, event)).toBe('503 store_failed')
      expect(silence.hits()).toBe(1)
      await storedInTheEnd(sync, event)
      expect(await sync.count('users')).toBe(2)
    })

    it('a long lock: the same, with a hook and without', async () => {
      const sync = await open()
      for (const type of ['user.updated', 'user.created'] as const) {
        expect(await answerOf(sync.clerkSync, userEvent('user.updated', type, at))).toBe('created')
        const letGo = await sync.lockUser(type)
        const event = userEvent(type, type, at + 1)
        expect(await inTime(sync, event)).toBe('503 store_failed')
        await storedInTheEnd(sync, userEvent('user.updated', `${type}_beside`, at))
        await letGo()
        await storedInTheEnd(sync, event)
      }
      expect(await sync.count('users')).toBe(4)
      expect(await sync.count('welcomes')).toBe(1)
    })

    it('a hook that fails is reported as such, though the rollback after it fails as well', async () => {
      const sync = await open()
      const event = userEvent('user.created', 'user_1', at)
      const cut = sync.proxy.rule({ at: /^rollback/i, do: 'cut', when: 'before' })
      sync.onHook(() => Promise.reject(new Error('no such plan')))
      expect(await answerOf(sync.clerkSync, event)).toBe('500 hook_failed')
      expect(cut.hits()).toBe(1)
      sync.onHook(async () => {})
      await storedInTheEnd(sync, event)
      expect(await sync.count('welcomes')).toBe(1)
    })

    it('a hook that asks db and not tx is told so, keeps nothing, and the next one works', async () => {
      const sync = await open()
      let asked: Promise<unknown> = Promise.resolve()
      sync.onHook(() => {
        asked = sync.outside()
        return asked
      })
      const event = userEvent('user.created', 'user_1', at)
      expect(await inTime(sync, event)).toBe('500 hook_failed')
      await asked
      expect(await answerOf(sync.clerkSync, userEvent('user.updated', 'user_2', at))).toBe('created')
      expect(await sync.count('users')).toBe(1)
      expect(await sync.count('welcomes')).toBe(0)
      sync.onHook(async () => {})
      expect(await answerOf(sync.clerkSync, event)).toBe('created')
      expect(await sync.count('welcomes')).toBe(1)
    })
  })
}

/** Locks a row of `users` in a transaction of its own, until it is let go. */
export function rowLock(url: string, whenDone: WhenDone): TimedSync['lockUser'] {
  const select = 'select 1 from users where id ='
  return async (id) => {
    if (url.startsWith('mysql:')) {
      const connection = await mysql.createConnection(url)
      whenDone(() => connection.end())
      await connection.beginTransaction()
      await connection.query(`${select} ? for update`, [id])
      return () => connection.commit()
    }
    const client = new pg.Client(url)
    whenDone(() => client.end())
    await client.connect()
    await client.query('begin')
    await client.query(`${select} $1 for update`, [id])
    return async () => void (await client.query('commit'))
  }
}
