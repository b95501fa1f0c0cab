import { ClerkSyncError } from '@clerk-sync/core'
import { deliver } from '../deliver.ts'
import { expectRejection, expectSame, expectThat } from '../expect.ts'
import type { History, KitEvent } from '../history.ts'
import { expectedRow } from '../model.ts'
import { NOTHING_WRITTEN, upsertOf, writeBatch } from '../port-changes.ts'
import { type Stage, settingOf, tableOf } from '../stage.ts'
import { type Triggers, withTriggers } from '../trigger-harness.ts'
import { courses, keeping, removing } from './dropped-courses.ts'
import type { It } from './section.ts'
import { takenBack } from './taken-back.ts'

/** Triggers of the application: none changes what is known of a row, and none makes a lost write pass for success. */
export function triggers(stage: Stage, it: It, installed: Triggers): void {
  touched(stage, it, installed)
  dropped(stage, it, installed)
  takenBack(stage, it, installed)
  droppedClaims(stage, it, installed)
}

/** Triggers that write into the row at each update: they change what drivers count. */
function touched(stage: Stage, it: It, { touch }: Triggers): void {
  for (const shape of ['plain', 'ownKey', 'uniqueFirst', 'uniqueLast'] as const) {
    const table = tableOf(shape, 'user')
    for (const hook of [undefined, stage.welcome]) {
      const title = `${shape}, hooks ${hook ? 'on' : 'off'}, on a table with an update trigger`
      it(`${title}: outcomes are those of the rows`, () =>
        withTriggers(touch(table), async () => {
          const sync = stage.sync(await stage.process(shape), { hook })
          const history = stage.history(shape)
          const outcomes = []
          for (const { event } of [
            history.created({ at: 1 }, { name: 'Ann' }),
            history.updated({ at: 5 }, { name: 'Bea' }),
            history.updated({ at: 3 }, { name: 'Late' }),
            history.deleted({ at: 7 }),
            history.updated({ at: 6 }, { name: 'Late' }),
          ])
            outcomes.push(await sync.apply(event))
          const expected = ['created', 'updated', 'stale', 'deleted', 'already_deleted']
          expectSame(outcomes, expected, 'the outcomes on a table with an update trigger')
          const row = expectedRow(settingOf(history), history.events)
          expectSame(
            await stage.row(table, history.key),
            stage.isBeside ? row : { ...row, score: 9 },
            'a late event ran the triggers of the application',
          )
        }))

      if (!shape.startsWith('unique')) continue
      it(`${title}: a clash is a unique_conflict, and heals`, () =>
        withTriggers(touch(table), async () => {
          const sync = stage.sync(await stage.process(shape), { hook })
          const email = `${stage.fresh('one')}@example.com`
          const [ann, bea] = [stage.history(shape), stage.history(shape)]
          await sync.apply(ann.created({ at: 5 }, { email }).event)
          const clash = bea.created({ at: 9 }, { email })
          const symptom = 'an e-mail that another user has, beside an update trigger: the clash was swallowed'
          await expectRejection('unique_conflict', sync.apply(clash.event), symptom)
          await stage.expectRow(settingOf(ann), ann.events, 'a clash ran a trigger on the row of the other user')
          await stage.expectRow(settingOf(bea), [], 'a clash was half applied')
          await stage.expectNoEffects([clash], 'a clash was half applied')
          await sync.apply(ann.updated({ at: 6 }, { email: `ann.${email}` }).event)
          expectSame(await sync.apply(clash.event), 'created', 'the retry after the other row let go of the e-mail')
        }))
    }
  }

  it('a batch on a table with an update trigger counts right, and reports a clash', () =>
    withTriggers(touch(tableOf('uniqueFirst', 'user')), async () => {
      const process = await stage.process('uniqueFirst')
      const sync = stage.sync(process)
      const [created, updated, late, taken, clashing] = Array.from({ length: 5 }, () =>
        stage.history('uniqueFirst'),
      ) as [History, History, History, History, History]
      const email = `${stage.fresh('one')}@example.com`
      await sync.apply(updated.created({ at: 1 }).event)
      await sync.apply(late.created({ at: 9 }).event)
      await sync.apply(taken.created({ at: 9 }, { email }).event)
      const clash = upsertOf(clashing, clashing.updated({ at: 5 }, { email }))
      const batch = [created, updated, late].map((history) => upsertOf(history, history.updated({ at: 5 })))
      const { failed, ...counts } = await writeBatch(process.adapter, [...batch, clash])
      expectSame(
        failed.map(({ change }) => change.key),
        [clashing.key],
        'a batch lost a row, beside an update trigger',
      )
      expectSame(
        counts,
        { ...NOTHING_WRITTEN, created: 1, updated: 1, stale: 1 },
        'the tally of a batch beside an update trigger',
      )
      await stage.expectRow(settingOf(clashing), [], 'the row that clashed in a batch')
      await stage.expectRow(settingOf(taken), taken.events, 'the row that a batch clashed with')
    }))
}

/** Triggers that drop a write, without an error. */
function dropped(stage: Stage, it: It, { drop, dropsRemovals = false }: Triggers): void {
  const own = stage.isBeside ? (dropsRemovals ? removing : {}) : keeping
  for (const shape of ['plain', 'ownKey'] as const) {
    const table = tableOf(shape, 'user')
    for (const [what, { onDelete, isDeleted = false, eventsOf }] of Object.entries({ ...courses, ...own })) {
      for (const hook of [undefined, stage.welcome]) {
        it(`${shape}, hooks ${hook ? 'on' : 'off'}: ${what} that a trigger drops is store_failed, and heals`, async () => {
          const process = await stage.process(shape)
          const sync = stage.sync(process, { onDelete, hook })
          const history = stage.history(shape)
          const events = eventsOf(history)
          const [lost, earlier] = [events.at(-1) as KitEvent, events.slice(0, -1)]
          for (const { event } of earlier) await sync.apply(event)
          await withTriggers(drop(table, history.key), async () => {
            for (const time of ['first', 'second']) {
              const symptom = `a write that a trigger dropped passed for success the ${time} time`
              const { message } = await expectRejection('store_failed', sync.apply(lost.event), symptom)
              expectThat(/trigger/.test(message), `the error of a lost write does not say what is likely: ${message}`)
            }
            await stage.expectNoEffects([lost], 'a write that a trigger dropped')
            const found = await process.adapter.find('user', history.key)
            expectSame(
              [found?.deleted ?? false, found?.synced ?? false],
              [isDeleted, earlier.length > 0],
              'what find gives of a row whose write a trigger dropped',
            )
          })
          await deliver(sync, lost)
          await stage.expectRow(settingOf(history, onDelete), history.events, 'the retry of a write that was dropped')
          if (hook) await stage.expectEffects(history.events)
        })
      }
    }

    it(`${shape}: an event that is late is stale, also where a trigger would drop it`, async () => {
      const sync = stage.sync(await stage.process(shape))
      const history = stage.history(shape)
      await sync.apply(history.updated({ at: 5 }).event)
      const late = history.created({ at: 1 })
      const outcome = await withTriggers(drop(table, history.key), () => sync.apply(late.event))
      expectSame(outcome, 'stale', 'the outcome of a late event')
    })

    it(`${shape}: a batch reports a row that a trigger drops, and writes the others`, async () => {
      const { adapter } = await stage.process(shape)
      const histories = Array.from({ length: 5 }, () => stage.history(shape))
      const [lost, ...others] = histories as [History, ...History[]]
      const batch = histories.map((history) => upsertOf(history, history.created({ at: 1 })))
      const { failed, ...counts } = await withTriggers(drop(table, lost.key), () => writeBatch(adapter, batch))
      expectSame(
        failed.map(({ change }) => change.key),
        [lost.key],
        'a batch lost a row that a trigger dropped',
      )
      const [error] = failed.map((one) => one.error)
      expectSame(ClerkSyncError.is(error) && error.code, 'store_failed', 'the error of a row that a trigger dropped')
      expectSame(counts, { ...NOTHING_WRITTEN, created: 4 }, 'the tally of a batch with a row that was dropped')
      for (const history of others) await stage.expectRow(settingOf(history), history.events, 'a row beside a lost one')
    })
  }
}

/** Triggers that drop what is entered in the ledger. */
function droppedClaims(stage: Stage, it: It, { drop }: Triggers): void {
  it('a message that a trigger keeps from the ledger is store_failed, each time, and heals', async () => {
    const sync = stage.sync(await stage.process('plain'), { hook: stage.welcome })
    const history = stage.history('plain')
    const creation = history.created({ at: 1 })
    await withTriggers(drop('events', creation.event.id), async () => {
      for (const time of ['first', 'second']) {
        const symptom = `a message that the ledger did not take passed for processed the ${time} time`
        await expectRejection('store_failed', sync.apply(creation.event), symptom)
      }
      if (!stage.exactlyOnce) return
      await stage.expectNoEffects([creation], 'a message that the ledger did not take')
      await stage.expectRow(settingOf(history), [], 'the row of a message that the ledger did not take')
    })
    await deliver(sync, creation)
    await stage.expectRow(settingOf(history), history.events, 'the retry of a message that the ledger did not take')
    await stage.expectEffects([creation])
  })
}
