import { getEventListeners } from 'node:events'
import { expectRejection, expectSame, expectThat } from '../expect.ts'
import { YEAR_ZERO } from '../history.ts'
import { deleteOf, upsertOf } from '../port-changes.ts'
import { type Hook, settingOf } from '../stage.ts'
import type { Section } from './section.ts'

/** A hook may not await all that it does: nothing of it lands once the hook is over. */
export const leftRunning: Section = (stage, it) => {
  it('what a hook that fails has left running writes nothing afterwards', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    const answered = Promise.withResolvers<void>()
    let late: Promise<unknown> = Promise.resolve()
    const hook: Hook = (call) => {
      late = answered.promise.then(() => stage.welcome(call))
      throw new Error('the hook fails with work left')
    }
    await expectRejection('hook_failed', stage.sync(await stage.process('plain'), { hook }).apply(event), 'a hook')
    answered.resolve()
    await late.catch(() => undefined)
    if (!stage.exactlyOnce) return
    await stage.expectRow(settingOf(history), [], 'a hook failed with work left and its row stayed')
    await stage.expectNoEffects(history.events, 'what a failed hook left running was written')
  })

  it('a hook that returns a promise is refused where the driver is synchronous, and awaited elsewhere', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    let done = false
    const over = Promise.withResolvers<void>()
    const hook: Hook = async (call) => {
      await stage.welcome(call)
      await new Promise((resolve) => setImmediate(resolve))
      done = true
      try {
        if (stage.synchronous) stage.welcome(call)
      } finally {
        over.resolve()
      }
    }
    const delivery = stage.sync(await stage.process('plain'), { hook }).apply(event)
    if (!stage.synchronous) {
      await delivery
      expectThat(done, 'a delivery was acknowledged before its hook had ended')
      return stage.expectEffects(history.events)
    }
    await expectRejection('hook_failed', delivery, 'a hook that returns a promise on a synchronous driver')
    await over.promise
    await stage.expectRow(settingOf(history), [], 'a hook returned a promise and its row stayed')
    await stage.expectNoEffects(history.events, 'a hook returned a promise and something stayed')
  })

  it('a write that has its answer leaves no listener on the signal that it was given', async () => {
    const { adapter } = await stage.process('plain')
    const { signal } = new AbortController()
    const history = stage.history('plain')
    const [created, updated, deleted] = [
      history.created({ at: 1 }),
      history.updated({ at: 2 }),
      history.deleted({ at: 3 }),
    ]
    const { id, type } = updated.event
    const ref = { id, type, entityId: history.key, occurredAt: new Date(YEAR_ZERO) }
    await adapter.upsert(upsertOf(history, created), { signal })
    await adapter.once(ref, upsertOf(history, updated), () => undefined, { signal })
    await adapter.softDelete(deleteOf(history, deleted), { signal })
    expectSame(getEventListeners(signal, 'abort').length, 0, 'listeners that three writes left on their signal')
  })
}
