import { expectSame, expectThat } from '../expect.ts'
import type { Section } from './section.ts'

const HOUR = 3_600_000

/** What is kept of a message whose hook ran, and for how long. */
export const ledger: Section = (stage, it) => {
  it('the ledger keeps what the message was', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    const start = Date.now()
    await stage.sync(await stage.process('plain'), { hook: stage.welcome }).apply(event)
    const row = await stage.row('events', event.id)
    const { processedAt, ...rest } = row ?? {}
    const expected = { id: event.id, type: event.type, entityId: history.key, occurredAt: event.timestamp }
    expectSame(rest, expected, 'the ledger row')
    const off = Number(processedAt) - start
    // Machines' clocks differ a little; a wrong unit or time zone is off by more.
    expectThat(Math.abs(off) < 120_000, `the ledger's processedAt is ${off} ms off: a wrong unit or time zone?`)
  })

  it('messages whose ids differ only in case are two messages', async () => {
    const history = stage.history('plain')
    const id = stage.fresh('msg_aB')
    const sync = stage.sync(await stage.process('plain'), { hook: stage.welcome })
    const events = [id, id.replace('aB', 'Ab')].map((messageId) => {
      const event = history.updated({ at: 1 })
      return { ...event, event: { ...event.event, id: messageId } }
    })
    for (const { event } of events) {
      expectThat((await sync.apply(event)) !== 'duplicate', 'the ledger confuses ids that differ only in case')
    }
    await stage.expectEffects(events)
  })

  it('prune removes what was processed before the given time, and nothing else', async () => {
    const { adapter, ...rest } = await stage.process('plain')
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    const sync = stage.sync({ adapter, ...rest }, { hook: stage.welcome })
    await sync.apply(event)
    const old = { id: stage.fresh('msg'), type: 'user.created', entityId: null }
    const [hourAgo, twoHoursAgo] = [new Date(Date.now() - HOUR), new Date(Date.now() - 2 * HOUR)]
    await stage.harness.insert('events', { ...old, occurredAt: twoHoursAgo, processedAt: twoHoursAgo })

    expectSame(await adapter.prune(new Date(0)), 0, 'what prune removed from before 1970')
    const counted = await adapter.countEvents?.(hourAgo)
    const removed = await adapter.prune(hourAgo)
    expectThat(removed >= 1, 'prune did not count an old message')
    if (counted !== undefined) expectSame(counted, removed, 'what countEvents counted, and what prune removed')
    expectSame(await stage.row('events', old.id), undefined, 'prune left an old message: a wrong unit or time zone?')
    expectSame(await sync.apply(event), 'duplicate', 'prune removed a message of just now: a wrong unit or time zone?')
    expectSame(await adapter.prune(hourAgo), 0, 'what prune removed the second time')
  })
}
