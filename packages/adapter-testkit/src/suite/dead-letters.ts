import type { ClerkSync } from '@clerk-sync/core'
import { FailingCalls, type Failure } from '../calls.ts'
import { deliver } from '../deliver.ts'
import { expectSame, expectThat } from '../expect.ts'
import type { DeadLetterHarness } from '../harness.ts'
import type { KitEvent } from '../history.ts'
import type { Hook, Stage } from '../stage.ts'
import { eachCall } from './failures.ts'
import type { It } from './section.ts'

/** What an adapter does with events that are refused until the last attempts. The kit's are old: they are parked at once. */
export function deadLetters(stage: Stage, it: It, harness: DeadLetterHarness): void {
  async function open() {
    const calls = new FailingCalls()
    const adapter = await harness.adapter({ calls, isolation: undefined })
    const store = adapter.deadLetters
    expectThat(store !== undefined, 'the adapter was given a table of dead letters, and has no deadLetters')
    let refuses: 'every call' | 'the first call' | 'none' = 'every call'
    const refused = new Set<string>()
    const outcomes: string[] = []
    const hook: Hook = (call) => {
      if (refuses === 'every call' || (refuses === 'the first call' && !refused.has(call.event.id))) {
        refused.add(call.event.id)
        throw new Error('the hook refuses')
      }
      outcomes.push(call.outcome)
      return stage.welcome(call)
    }
    const sync = stage.sync({ adapter, shape: 'plain' }, { hook })
    const mend = (mended = true) => {
      refuses = mended ? 'none' : 'every call'
    }
    /** An event is parked, and the hook of its letter runs. */
    const refuseFirst = () => {
      refuses = 'the first call'
    }
    return { adapter, calls, store, sync, mend, refuseFirst, outcomes }
  }

  const lettersOf = async (events: readonly KitEvent[]): Promise<string[]> => {
    const there = new Set(await harness.read(events.map(({ event }) => event.id)))
    return events.flatMap(({ event }) => (there.has(event.id) ? [event.id] : []))
  }
  const park = async (sync: ClerkSync, one: KitEvent) =>
    expectSame(await sync.apply(one.event), 'parked', 'a refused event that is old')

  it('a refused event is kept whole and once, and nothing of it is committed', async () => {
    const { sync } = await open()
    const refused = stage.history('plain').created({ at: 1 }, { email: `${stage.fresh('é"\u{1f60a}')}@example.com` })
    for (let attempt = 0; attempt < 2; attempt++) await park(sync, refused)
    expectSame(await lettersOf([refused]), [refused.event.id], 'the letter of a refused event')
    const letters = await sync.deadLetters.list({ limit: 1_000_000 })
    const own = letters.filter(({ event }) => event.id === refused.event.id)
    expectSame(
      own.map(({ event, code }) => ({ event, code })),
      [{ event: refused.event, code: 'hook_failed' }],
      'what was kept of a refused event',
    )
    await stage.expectNoEffects([refused], 'a parked event')
  })

  for (const failure of ['refused', 'deadlock', 'lost'] as const satisfies readonly Failure[]) {
    it(`a letter goes with the commit of its event, and not before: a call is ${failure}`, async () => {
      const { sync, calls, mend } = await open()
      await eachCall(calls, failure, async (arm) => {
        mend(false)
        const refused = stage.history('plain').created({ at: 1 })
        await park(sync, refused)
        mend()
        const number = arm()
        // Refused again, it stays parked: what is looked at is what is there.
        await sync.deadLetters.retry(refused.event.id).catch(() => {})
        calls.heal()
        const [effects = 0] = await stage.effects([refused])
        const letters = await lettersOf([refused])
        expectThat(letters.length > 0 || effects > 0, `call ${number}: a letter went, and its event is not stored`)
        await deliver(sync, refused)
        await stage.expectEffects([refused], `call ${number}: the effect of an event that was parked`)
        expectSame(await lettersOf([refused]), [], `call ${number}: the letter of an event that is stored`)
      })
    })
  }

  it('a retry beside a late delivery, in two processes, has one effect', async () => {
    const [one, other] = [await open(), await open()]
    const refused = stage.history('plain').created({ at: 1 })
    await park(one.sync, refused)
    for (const { mend } of [one, other]) mend()
    await Promise.all([one.sync.deadLetters.retry(refused.event.id), deliver(other.sync, refused)])
    await stage.expectEffects([refused], 'the effect of an event that was retried and sent again')
    expectSame(await lettersOf([refused]), [], 'the letter of an event that is stored')
  })

  for (const order of ['before', 'after'] as const) {
    it(`a newer event that is stored ${order} it was parked settles a letter: its hook runs once, as stale`, async () => {
      const { sync, mend, refuseFirst, outcomes } = await open()
      const history = stage.history('plain')
      const [refused, newer] = [history.created({ at: 1 }), history.updated({ at: 2 }, { email: 'new@example.com' })]
      if (order === 'after') await park(sync, refused)
      mend()
      await deliver(sync, newer)
      refuseFirst()
      if (order === 'before') expectSame(await sync.apply(refused.event), 'stale', 'a refused event that is superseded')
      expectSame(await lettersOf([refused]), [], 'the letter of a superseded event')
      expectSame(outcomes.includes('stale'), true, 'the hook of a superseded event ran with the outcome stale')
      await deliver(sync, refused)
      await stage.expectEffects([refused, newer], 'the effect of an event that was settled')
    })

    it(`nothing stays of a user whose tombstone came ${order} it was parked, of a membership's event neither`, async () => {
      const { sync, mend, refuseFirst } = await open()
      const user = stage.history('plain')
      const member = stage.history('plain', 'organizationMembership')
      const joined = member.created({ at: 1 })
      Reflect.set(joined.event.data, 'public_user_data', { user_id: user.key, identifier: 'ada@example.com' })
      const parked = [user.created({ at: 1 }), joined]
      const deleted = user.deleted({ at: 2 })
      if (order === 'after') for (const one of parked) await park(sync, one)
      mend()
      await deliver(sync, deleted)
      refuseFirst()
      if (order === 'before') for (const one of parked) await deliver(sync, one)
      expectSame(await lettersOf(parked), [], 'the payloads of a user who was deleted')
      await stage.expectEffects([...parked, deleted], 'the effects of events whose user was deleted')
    })
  }

  it('park keeps nothing of a message that the ledger has, nor more in a minute than it may', async () => {
    const { sync, store, mend } = await open()
    mend()
    const history = stage.history('plain')
    const [stored, flooded] = [history.created({ at: 1 }), history.updated({ at: 2 })]
    await deliver(sync, stored)
    const letter = ({ event: { id, type } }: KitEvent) => ({
      id,
      type,
      entityId: history.key,
      code: 'hook_failed',
      payload: '{}',
      parkedAt: new Date(),
    })
    const since = new Date(Date.now() - 60_000)
    const anyNumber = { most: 1_000_000, since }
    expectSame(await store.park(letter(stored), anyNumber), 'duplicate', 'a letter of a message that was processed')
    expectSame(await lettersOf([stored]), [], 'the letter of a message that was processed')
    expectSame(await store.park(letter(flooded), { most: 0, since }), 'full', 'a letter beyond the limit')
    expectSame(await lettersOf([flooded]), [], 'a letter beyond the limit')
    expectSame(await store.park(letter(flooded), anyNumber), 'parked', 'a letter within the limit')
    expectSame(await store.park(letter(flooded), { most: 0, since }), 'parked', 'a letter that is there, at the limit')
    const renewed = { ...letter(flooded), code: 'value_refused', payload: '{"newest":true}' }
    expectSame(await store.park(renewed, { most: 0, since }), 'parked', 'a letter that is refused again')
    const [found] = await store.find({ id: flooded.event.id })
    expectSame(found?.payload, renewed.payload, 'what is kept of a letter that was refused again')
    await store.drop(flooded.event.id)
    expectSame(await lettersOf([flooded]), [], 'a letter that was dropped')
  })
}
