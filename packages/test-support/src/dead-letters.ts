import { type ClerkEvent, type ClerkSync, ClerkSyncError } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { userEvent, withEmail } from './events.ts'
import type { Query } from './raw-connections.ts'

const HOUR = 3_600_000
const REFUSED = 'ada.the.countess@example.com'
const TAKEN = 'a@b.c'

/** A database with an empty table `users`, whose e-mail addresses have ten characters at most, and with the library's own. */
export interface LettersStore {
  /** Past the adapter. */
  readonly query: Query
  /** A process of its own. `onMessage` runs in a hook of every event, and leaves a row of `effects`. */
  clerkSync(options: { readonly hooks: boolean }): ClerkSync
  /** Widens the column, or drops the constraint. */
  mend(): Promise<unknown>
}

/** What must hold of events that a table refuses until the last attempts. */
export function testDeadLetters(
  stores: readonly (readonly [name: string, open: () => Promise<LettersStore>])[],
  { exactlyOnce = true } = {},
): void {
  describe.for(stores)('An event that the table refuses, on %s', ([, open]) => {
    it.for([true, false])('is parked when it is old, and stored once the table is mended; hooks: %s', async (hooks) => {
      const { query, clerkSync, mend } = await open()
      const sync = clerkSync({ hooks })
      const [refused, young] = [updated('user_1', Date.now() - 18 * HOUR), updated('user_2', Date.now())]
      expect(await answerOf(sync, young)).toBe('value_refused')
      expect(await answerOf(sync, refused)).toBe('parked')
      expect(await answerOf(sync, refused)).toBe('parked')
      const [letter] = await sync.deadLetters.list()
      expect(letter).toMatchObject({ event: refused, code: 'value_refused' })
      expect(letter?.reason).not.toContain(REFUSED)
      expect(await idsIn(query, 'users')).toEqual([])
      expect((await sync.check()).filter(({ message }) => message.includes('holds 1 event'))).toHaveLength(1)
      await expect(sync.deadLetters.retry(refused.id)).rejects.toMatchObject({ code: 'value_refused' })

      await mend()
      // Two processes at once, and the sender once more.
      const other = clerkSync({ hooks })
      await Promise.all([sync.deadLetters.retry(refused.id), other.deadLetters.retry(refused.id), sync.apply(refused)])
      expect(await idsIn(query, 'dead_letters')).toEqual([])
      expect(await query('select email from users')).toEqual([{ email: REFUSED }])
      const effects = await idsIn(query, 'effects')
      expect(exactlyOnce ? effects : [...new Set(effects)]).toEqual(hooks ? [refused.id] : [])
    })

    it.for([
      ['before', true],
      ['after', true],
      ['before', false],
      ['after', false],
    ] as const)('is settled by a newer event that comes %s it; hooks: %s', async ([when, hooks]) => {
      const { query, clerkSync } = await open()
      const sync = clerkSync({ hooks })
      const at = Date.now() - 18 * HOUR
      const [refused, newer] = [updated('user_1', at), updated('user_1', at + 1, TAKEN)]
      for (const one of when === 'before' ? [newer, refused] : [refused, newer]) await sync.apply(one)
      expect(await idsIn(query, 'dead_letters')).toEqual([])
      expect(await query('select email from users')).toEqual([{ email: TAKEN }])
      const both = [refused.id, newer.id].sort()
      expect([...new Set(await idsIn(query, 'effects'))]).toEqual(hooks ? both : [])
      if (exactlyOnce) expect(await idsIn(query, 'effects')).toHaveLength(hooks ? 2 : 0)
    })

    it('leaves nothing of a user whose tombstone is stored, and is parked a few times a minute at most', async () => {
      const { query, clerkSync } = await open()
      const sync = clerkSync({ hooks: false })
      const at = Date.now() - 18 * HOUR
      const flood = Array.from({ length: 25 }, (_, n) => updated(`user_${n}`, at + n))
      const answers = await Promise.all(flood.map((one) => answerOf(sync, one)))
      expect(answers.filter((answer) => answer === 'parked')).toHaveLength(20)
      expect(answers.filter((answer) => answer === 'value_refused')).toHaveLength(5)
      for (let n = 0; n < 25; n++) await sync.apply(userEvent('user.deleted', `user_${n}`, at + 100))
      expect(await idsIn(query, 'dead_letters')).toEqual([])
      // Where the table refuses it before the versions are compared, a newer event is all that is known.
      expect(['stale', 'already_deleted']).toContain(await sync.apply(flood[0] as ClerkEvent))
      expect(await idsIn(query, 'dead_letters')).toEqual([])
    })
  })
}

function updated(id: string, at: number, email = REFUSED): ClerkEvent {
  return userEvent('user.updated', id, at, withEmail(email))
}

async function idsIn(query: Query, table: string): Promise<unknown[]> {
  return (await query(`select id from ${table} order by id`)).map(({ id }) => id)
}

async function answerOf(sync: Pick<ClerkSync, 'apply'>, event: ClerkEvent): Promise<string> {
  return sync.apply(event).catch((error: unknown) => {
    if (ClerkSyncError.is(error)) return error.code
    throw error
  })
}
