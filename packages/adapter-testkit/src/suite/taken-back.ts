import { deliver } from '../deliver.ts'
import { expectRejection } from '../expect.ts'
import { type Stage, settingOf, tableOf } from '../stage.ts'
import { type Triggers, withTriggers } from '../trigger-harness.ts'
import type { It } from './section.ts'

/** Triggers that run after the write: what it returns is true, and the row is gone. */
export function takenBack(stage: Stage, it: It, { takeBack }: Triggers): void {
  for (const hook of [undefined, stage.welcome]) {
    it(`hooks ${hook ? 'on' : 'off'}: a row that a trigger takes back is store_failed, and heals`, async () => {
      const sync = stage.sync(await stage.process('plain'), { hook })
      const history = stage.history('plain')
      const creation = history.created({ at: 1 })
      await withTriggers(takeBack(tableOf('plain', 'user'), history.key), async () => {
        for (const time of ['first', 'second']) {
          const symptom = `a row that a trigger took back passed for success the ${time} time`
          await expectRejection('store_failed', sync.apply(creation.event), symptom)
        }
        await stage.expectNoEffects([creation], 'a row that a trigger took back')
      })
      await deliver(sync, creation)
      await stage.expectRow(settingOf(history), history.events, 'the retry of a row that was taken back')
      if (hook) await stage.expectEffects(history.events)
    })
  }
}
