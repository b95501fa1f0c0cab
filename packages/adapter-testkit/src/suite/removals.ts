import { deliver } from '../deliver.ts'
import { expectSame } from '../expect.ts'
import type { VersionsHarness } from '../harness.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { type Stage, settingOf } from '../stage.ts'
import type { It } from './section.ts'

/** Enough that a statement meets a row that was inserted while it waited. */
const USERS = 60

/** What is left of a removed row is beside the table. */
export function removals(stage: Stage, it: It, versions: VersionsHarness): void {
  for (const isolation of [undefined, ...stage.harness.capabilities.isolationLevels]) {
    for (const hook of [undefined, stage.welcome]) {
      const title = `${isolation ?? 'default isolation'}, hooks ${hook ? 'on' : 'off'}`
      it(`${title}: a row that is inserted while its removal waits does not stay`, async () => {
        const processes = await stage.processes('plain', 2, isolation)
        const [one, other] = processes.map((process) => stage.sync(process, { hook })) as [Sync, Sync]
        const histories = Array.from({ length: USERS }, () => stage.history('plain'))
        const outcomes = histories.map(async (history) => {
          const created = history.created({ at: 1 }, { name: 'Ann' })
          const deleted = history.deleted({ at: 2 })
          await Promise.all([deliver(one, created), deliver(other, deleted)])
        })
        await Promise.all(outcomes)
        for (const history of histories) {
          await stage.expectRow(settingOf(history), history.events, 'a removed row is there')
        }
      })
    }
  }

  for (const hook of [undefined, stage.welcome]) {
    it(`hooks ${hook ? 'on' : 'off'}: a row that the application deleted comes back with the next event, and not with an old one`, async () => {
      const history = stage.history('plain')
      const sync = stage.sync(await stage.process('plain'), { hook })
      const created = history.created({ at: 1 }, { name: 'Ann' })
      const updated = history.updated({ at: 2 }, { name: 'Bea' })
      for (const { event } of [created, updated]) await sync.apply(event)
      await versions.purge(history.table, history.key)
      const bare = stage.sync(await stage.process('plain'))
      const outcomes = [await bare.apply(updated.event), await bare.apply(created.event)]
      expectSame(outcomes, ['already_deleted', 'already_deleted'], 'the outcomes of events of a row that is not there')
      expectSame(await stage.harness.read(history.table, [history.key]), [], 'a duplicate brought a deleted row back')
      expectSame(await sync.apply(history.updated({ at: 3 }, { name: 'Cleo' }).event), 'created', 'the next event')
      await stage.expectRow(settingOf(history), history.events, 'the row after the next event')
    })
  }

  it('a batch leaves a row alone that the application deleted, and one that is removed', async () => {
    const { adapter } = await stage.process('plain')
    const sync = stage.sync({ adapter, shape: 'plain' })
    const [purged, removed, other] = [stage.history('plain'), stage.history('plain'), stage.history('plain')] as const
    const batch = [purged, removed, other].map((history) =>
      upsertOf(history, history.created({ at: 1 }, { name: 'Ann' })),
    )
    await writeBatch(adapter, batch.slice(0, 2))
    await versions.purge(purged.table, purged.key)
    await sync.apply(removed.deleted({ at: 2 }).event)
    const { failed, ...counts } = await writeBatch(adapter, batch)
    expectSame(failed, [], 'what a batch could not write')
    expectSame([counts.already_deleted, counts.created], [2, 1], 'the tally of a batch with rows that are gone')
    expectSame(await stage.harness.read('users', [purged.key, removed.key]), [], 'a batch brought a deleted row back')
  })

  it('find gives no row of what was removed, and says that it was', async () => {
    const { adapter } = await stage.process('plain')
    const sync = stage.sync({ adapter, shape: 'plain' })
    const history = stage.history('plain')
    await sync.apply(history.created({ at: 1 }).event)
    const deleted = history.deleted({ at: 2 })
    await sync.apply(deleted.event)
    const found = await adapter.find('user', history.key)
    expectSame(
      [found?.row, found?.deleted, found?.version],
      [undefined, true, deleted.version],
      'what find gives of a removed row',
    )
    expectSame(await sync.find('user', history.key), undefined, 'what an application finds of a removed row')
  })
}

type Sync = ReturnType<Stage['sync']>
