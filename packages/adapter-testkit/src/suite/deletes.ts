import { expectSame } from '../expect.ts'
import { settingOf } from '../stage.ts'
import type { Section } from './section.ts'

/** A delete is final, and its tombstone says when. */
export const deletes: Section = (stage, it) => {
  for (const shape of ['plain', 'ownKey', 'withoutLedger', 'requiredFirst', 'requiredLast'] as const) {
    for (const onDelete of stage.modes) {
      const test = (what: string, body: (sync: ReturnType<typeof stage.sync>) => Promise<void>) =>
        it(`${shape}, ${onDelete}: ${what}`, async () => body(stage.sync(await stage.process(shape), { onDelete })))

      test('a delete leaves a tombstone, and a second one changes nothing', async (sync) => {
        const history = stage.history(shape)
        await sync.apply(history.created({ at: 1 }, { email: `${history.key}@example.com`, name: 'Ann' }).event)
        const { event } = history.deleted({ at: 2 })
        expectSame([await sync.apply(event), await sync.apply(event)], ['deleted', 'unchanged'], 'outcomes of a delete')
        await stage.expectRow(settingOf(history, onDelete), history.events, 'the tombstone')
      })

      test('a delete of an id never seen leaves a tombstone, which late events respect', async (sync) => {
        const history = stage.history(shape)
        const { event } = history.deleted({ at: 3 })
        expectSame(await sync.apply(event), 'deleted', 'the outcome of deleting an id never seen')
        await stage.expectRow(settingOf(history, onDelete), history.events, 'the tombstone of an id never seen')
        const late = [history.updated({ at: 2 }, { name: 'Late' }), history.created({ at: 1 }, { name: 'Later' })]
        const outcomes = []
        for (const { event } of late) outcomes.push(await sync.apply(event))
        expectSame(
          outcomes,
          ['already_deleted', 'already_deleted'],
          'the outcomes of snapshots that arrive after the delete',
        )
        await stage.expectRow(settingOf(history, onDelete), history.events, 'a late snapshot and a tombstone')
      })

      test('of several deletes the tombstone has the time of the last', async (sync) => {
        const history = stage.history(shape)
        const outcomes = []
        for (const at of [2, 5, 3]) outcomes.push(await sync.apply(history.deleted({ at }).event))
        expectSame(outcomes, ['deleted', 'deleted', 'already_deleted'], 'the outcomes of several deletes')
        await stage.expectRow(settingOf(history, onDelete), history.events, 'the tombstone after several deletes')
      })
    }
  }

  if (stage.modes.includes('keep'))
    it('keep: the row keeps its version, so that a newer snapshot that comes late still fills it in', async () => {
      const history = stage.history('plain')
      const sync = stage.sync(await stage.process('plain'), { onDelete: 'keep' })
      await sync.apply(history.created({ at: 1 }, { name: 'Ann' }).event)
      await sync.apply(history.deleted({ at: 9 }).event)
      await stage.expectRow(
        settingOf(history, 'keep'),
        history.events,
        'a delete that keeps changed more than deletedAt',
      )
      const outcomes = [
        await sync.apply(history.updated({ at: 5 }, { name: 'Newest' }).event),
        await sync.apply(history.updated({ at: 3 }, { name: 'Older' }).event),
      ]
      expectSame(
        outcomes,
        ['already_deleted', 'already_deleted'],
        'the outcomes of snapshots after a delete that keeps',
      )
      await stage.expectRow(settingOf(history, 'keep'), history.events, 'a kept row is not the newest snapshot')
    })

  const { versions } = stage.harness
  if (versions && stage.modes.includes('keep'))
    it('keep: a row that the application deleted is not written again', async () => {
      const history = stage.history('plain')
      const { table, key } = history
      const sync = stage.sync(await stage.process('plain'), { onDelete: 'keep' })
      await sync.apply(history.created({ at: 1 }, { name: 'Ann' }).event)
      const { event } = history.deleted({ at: 9 })
      await sync.apply(event)
      await versions.purge(table, key)
      const late = [history.updated({ at: 5 }, { name: 'Late' }), history.updated({ at: 3 }, { name: 'Older' })]
      for (const one of [...late, { event }]) await sync.apply(one.event)
      expectSame(await stage.harness.read(table, [key]), [], 'a late snapshot wrote a row that the application deleted')
      const found = (await stage.process('plain')).adapter.find('user', key)
      expectSame((await found)?.deleted, true, 'whether a row that the application deleted is a tombstone')
    })

  it("a membership outlives its user's and its organization's delete", async () => {
    const [user, organization] = [stage.history('plain'), stage.history('plain', 'organization')]
    const membership = stage.history('plain', 'organizationMembership')
    const sync = stage.sync(await stage.process('plain'))
    const created = [user, organization, membership].map((history) => history.created({ at: 1 }, { name: 'org:admin' }))
    for (const { event } of [...created, user.deleted({ at: 2 }), organization.deleted({ at: 2 })])
      await sync.apply(event)
    for (const history of [user, organization, membership]) {
      await stage.expectRow(settingOf(history), history.events, 'a delete reached another row')
    }
  })
}
