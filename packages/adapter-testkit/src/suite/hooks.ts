import type { Outcome } from '@clerk-sync/core'
import { expectRejection, expectSame, expectThat } from '../expect.ts'
import { eventOf, YEAR_ZERO } from '../history.ts'
import { deleteOf, upsertOf } from '../port-changes.ts'
import { versionIn } from '../row.ts'
import { type Hook, settingOf } from '../stage.ts'
import { swallow, throwing } from '../test-hooks.ts'
import type { Section } from './section.ts'

/** Claim, row and hook: together or not at all. */
export const hooks: Section = (stage, it) => {
  it('a hook is given the outcome, and runs also when the row did not change', async () => {
    const calls: string[] = []
    const history = stage.history('plain')
    const sync = stage.sync(await stage.process('plain'), {
      hook: (call) => {
        calls.push(`${call.event.type} ${call.outcome}`)
        return stage.welcome(call)
      },
    })
    const updated = history.updated({ at: 2 })
    const outcomes: Outcome[] = []
    for (const { event } of [
      updated,
      history.created({ at: 1 }),
      history.updated({ at: 3 }),
      history.deleted({ at: 4 }),
    ]) {
      outcomes.push(await sync.apply(event))
    }
    expectSame(outcomes, ['created', 'stale', 'updated', 'deleted'], 'the outcomes of deliveries with a hook')
    const expected = ['user.updated created', 'user.created stale', 'user.updated updated', 'user.deleted deleted']
    expectSame(calls, expected, 'the hook did not run for every message, or was given another outcome')
    await stage.expectEffects(history.events)
  })

  it('a hook that asks for it gets the row as it was before the event', async () => {
    const history = stage.history('plain')
    const found: (string | undefined)[] = []
    const sync = stage.sync(await stage.process('plain'), {
      before: true,
      hook: (call) => {
        found.push(versionIn(call.before, history.events))
        return stage.welcome(call)
      },
    })
    const updated = history.updated({ at: 2 }, { name: 'Ann' })
    const deleted = history.deleted({ at: 5 })
    const newer = history.updated({ at: 4 }, { name: 'Bea' })
    for (const { event } of [updated, history.created({ at: 1 }), newer, deleted, history.updated({ at: 3 })]) {
      await sync.apply(event)
    }
    const last = stage.isBeside ? undefined : deleted.version
    const expected = [undefined, updated.version, updated.version, newer.version, last]
    expectSame(found, expected, 'a hook did not get the row as it was before')
    await stage.expectRow(settingOf(history), history.events, 'the row after hooks that asked for the one before')
    await stage.expectEffects(history.events)
  })

  it('a hook that does not ask for the row before is given none', async () => {
    const history = stage.history('plain')
    const calls: (readonly string[])[] = []
    const sync = stage.sync(await stage.process('plain'), {
      hook: (call) => {
        calls.push(Object.keys(call).filter((name) => name === 'before'))
        return stage.welcome(call)
      },
    })
    await sync.apply(history.created({ at: 1 }).event)
    expectSame(calls, [[]], 'what a hook is called with')
  })

  it('a message that was processed is a duplicate: its hook does not run again', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    let calls = 0
    const sync = stage.sync(await stage.process('plain'), {
      hook: (call) => {
        calls++
        return stage.welcome(call)
      },
    })
    const outcomes = [await sync.apply(event), await sync.apply(event), await sync.apply(event)]
    expectSame(outcomes, ['created', 'duplicate', 'duplicate'], 'the outcomes of a message delivered three times')
    expectSame(calls, 1, 'the hook ran again for a duplicate')
    await stage.expectEffects(history.events)
  })

  it('a hook that throws after writing leaves nothing, and the retry does it all', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 }, { name: 'Ann' })
    const process = await stage.process('plain')
    const failing = stage.sync(process, { hook: throwing(stage) })
    const error = await expectRejection('hook_failed', failing.apply(event), 'a hook that throws')
    expectThat(
      String(Reflect.get(Object(error.cause), 'message')).includes('the hook throws'),
      'the cause of hook_failed is lost',
    )
    if (stage.exactlyOnce) {
      await stage.expectRow(settingOf(history), [], 'a hook threw and its row stayed')
      await stage.expectNoEffects(history.events, 'a hook threw and something of its transaction stayed')
    }
    const outcome = await stage.sync(process, { hook: stage.welcome }).apply(event)
    if (stage.exactlyOnce) expectSame(outcome, 'created', 'after a rollback, the hook did not run again')
    await stage.expectRow(settingOf(history), history.events, 'the retry after a hook that threw')
    await stage.expectEffects(history.events)
  })

  it('a hook that throws leaves the row that was there before', async () => {
    const history = stage.history('plain')
    const before = history.created({ at: 1 }, { name: 'Ann' })
    const process = await stage.process('plain')
    await stage.sync(process).apply(before.event)
    for (const after of [history.updated({ at: 2 }, { name: 'Bea' }), history.deleted({ at: 3 })]) {
      const delivery = stage.sync(process, { hook: throwing(stage) }).apply(after.event)
      await expectRejection('hook_failed', delivery, 'a hook that throws')
      if (!stage.exactlyOnce) continue
      await stage.expectRow(settingOf(history), [before], 'a hook threw and its write stayed')
      await stage.expectNoEffects([after], 'a hook threw and something of its transaction stayed')
    }
  })

  it('a hook that catches the failure of its own statement: success means that everything is committed', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 }, { name: 'Ann' })
    const careless: Hook = (call) =>
      stage.inOrder(
        () => stage.welcome(call),
        () => swallow(stage, call.tx),
      )
    const sync = stage.sync(await stage.process('plain'), { hook: careless })
    const acknowledged = await sync.apply(event).then(
      () => true,
      () => false,
    )
    if (acknowledged) {
      await stage.expectRow(settingOf(history), history.events, 'a doomed transaction passed for success: no row')
      await stage.expectEffects(history.events, 'a doomed transaction passed for success: no effects')
    } else if (stage.exactlyOnce) {
      await stage.expectRow(settingOf(history), [], 'a doomed transaction was refused, and its row stayed')
      await stage.expectNoEffects(history.events, 'a doomed transaction was refused, and something stayed')
    }
  })

  it('a hook on an event that changes no row: exactly once as well', async () => {
    const id = stage.fresh('ema')
    const event = { kind: 'created', deletes: false, version: '0', values: {} } as const
    const mail = { ...event, event: eventOf('email.created', stage.fresh('msg'), YEAR_ZERO, { id }) }
    const process = await stage.process('plain')
    const failing = stage.sync(process, { hook: throwing(stage) }).apply(mail.event)
    await expectRejection('hook_failed', failing, 'a hook on an event without a row')
    if (stage.exactlyOnce) await stage.expectNoEffects([mail], 'a hook on an event without a row threw')
    const sync = stage.sync(process, { hook: stage.welcome })
    const outcomes = [await sync.apply(mail.event), await sync.apply(mail.event)]
    expectSame(outcomes, ['unchanged', 'duplicate'], 'the outcomes of an event without a row')
    await stage.expectEffects([mail])
  })

  for (const kind of ['creation', 'late update', 'delete'] as const) {
    it(`a ${kind} without a hook writes what the same ${kind} writes inside once`, async () => {
      const { adapter } = await stage.process('plain')
      const found = []
      for (const bare of [true, false]) {
        const history = stage.history('plain')
        const newer = kind === 'late update' ? [history.updated({ at: 5 }, { name: 'Newer' })] : []
        for (const event of newer) await adapter.upsert(upsertOf(history, event))
        const kitEvent =
          kind === 'delete' ? history.deleted({ at: 2 }) : history.created({ at: 2 }, { name: 'Ann', date: YEAR_ZERO })
        const change = kind === 'delete' ? deleteOf(history, kitEvent) : upsertOf(history, kitEvent)
        const ref = {
          id: kitEvent.event.id,
          type: kitEvent.event.type,
          entityId: history.key,
          occurredAt: new Date(YEAR_ZERO),
        }
        const write = () => (change.kind === 'delete' ? adapter.softDelete(change) : adapter.upsert(change))
        const outcome = await (bare ? write() : adapter.once(ref, change, () => undefined))
        const { id: _key, clerkVersion: version, ...row } = (await stage.row(history.table, history.key)) ?? {}
        // The last digits are a hash of the message's id, and each has its own.
        found.push({ outcome, version: String(version).slice(0, 27), row })
      }
      expectSame(found[1], found[0], 'a write inside once differs from the same write without')
    })
  }
}
