import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import type { Transaction } from 'kysely'
import { describe, expect, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import type { Database } from './kit/database.ts'
import { intercepted } from './kit/intercepted.ts'
import { relayed } from './kit/relayed.ts'

const at = 1_760_000_000_000

describe.for(relayed)('On %s, no later write rides in a transaction', ([, store]) => {
  it.for(['begin', 'rollback'])('whose %s was answered too late, as with a time limit for queries', async (late) => {
    const { dialect, count } = await store('kysely_open')
    let failures = 1
    const withLimit = intercepted(dialect(1), async (sql, send) => {
      if (sql !== late || failures-- <= 0) return send()
      // A rollback that is not carried out leaves the transaction open; so does a begin that is.
      if (late === 'begin') await send()
      throw new Error('Query read timeout')
    })
    const clerkSync = createClerkSync({
      adapter: adapterOf(open(withLimit), 'plain'),
      on: {
        'user.created': () => {
          throw new Error('the hook failed')
        },
      },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', at))).rejects.toThrow()
    expect(await clerkSync.apply(userEvent('user.updated', 'user_2', at))).toBe('created')
    expect(await count('users')).toBe(1)
  })

  it('what a hook asks for while its transaction is rolled back is refused', async () => {
    const { dialect, count } = await store('kysely_late')
    let ask: (() => Promise<unknown>) | undefined
    let late: Promise<unknown> = Promise.resolve()
    const watched = intercepted(dialect(1), async (sql, send) => {
      const answer = send()
      if (sql === 'rollback' && ask) {
        late = ask()
        // It is looked at below, and must not count as unhandled before.
        late.catch(() => {})
        ask = undefined
      }
      return answer
    })
    const clerkSync = createClerkSync({
      adapter: adapterOf(open(watched), 'plain'),
      on: {
        'user.created': ({ tx }: { tx: Transaction<Database> }) => {
          ask = () => hooks.effect(tx, { userId: 'late', eventId: 'late' })
          throw new Error('the hook failed')
        },
      },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', at))).rejects.toMatchObject({
      code: 'hook_failed',
    })
    await expect(late).rejects.toThrow(/transaction has ended/)
    expect(await count('welcomes')).toBe(0)
  })
})
