import { expectRejection, expectSame } from '../expect.ts'
import { listOf, mail, withParts } from '../part-history.ts'
import type { PartStage } from '../part-stage.ts'
import { settingOf } from '../stage.ts'
import { type Triggers, withTriggers } from '../trigger-harness.ts'
import type { It } from './section.ts'

/** Triggers of the application: none makes a part that is lost pass for one that is stored. */
export function partTriggers(on: PartStage, it: It, triggers: Triggers): void {
  const { stage } = on
  for (const kind of ['drop', 'takeBack'] as const) {
    for (const hooks of [false, true]) {
      const title = `a trigger that ${kind === 'drop' ? 'drops parts' : 'takes parts back'}, hooks ${hooks ? 'on' : 'off'}`

      it(`${title}: a new user is not stored without them`, async () => {
        const sync = stage.sync(await on.process('parts'), { hook: hooks ? stage.welcome : undefined })
        const history = stage.history('plain')
        const event = withParts(history.created({ at: 1 }), mail('a', 'b'))
        await withTriggers(triggers[kind]('emailAddresses', history.key), async () => {
          await expectRejection('store_failed', sync.apply(event.event), 'parts that were lost passed for stored')
        })
        expectSame(await stage.row('users', history.key), undefined, 'the row of a user without their parts')
        expectSame(await sync.apply(event.event), 'created', 'the same event without the trigger')
        await on.expectLists('parts', history, event.parts, 'the parts without the trigger')
      })

      it(`${title}: a change of one is not lost`, async () => {
        const sync = stage.sync(await on.process('parts'), { hook: hooks ? stage.welcome : undefined })
        const history = stage.history('plain')
        const before = withParts(history.created({ at: 1 }), mail('a'))
        const after = withParts(history.updated({ at: 2 }), { emailAddress: listOf(['a', 'b'], 'changed') })
        await sync.apply(before.event)
        await withTriggers(triggers[kind]('emailAddresses', history.key), async () => {
          await expectRejection('store_failed', sync.apply(after.event), 'parts that were lost passed for stored')
        })
        await stage.expectRow(settingOf(history), [before], 'the row of a user whose parts were not changed')
        await on.expectLists('parts', history, before.parts, 'the parts that were not changed')
        expectSame(await sync.apply(after.event), 'updated', 'the same event without the trigger')
        await on.expectLists('parts', history, after.parts, 'the parts without the trigger')
      })
    }
  }
}
