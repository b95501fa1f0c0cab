import type { Upsert } from '@clerk-sync/core/adapter'
import { expectSame } from '../expect.ts'
import type { History } from '../history.ts'
import { expectedRow } from '../model.ts'
import { NOTHING_WRITTEN, upsertOf, writeBatch } from '../port-changes.ts'
import { portValues } from '../row.ts'
import { type Stage, settingOf } from '../stage.ts'
import { TABLES } from '../tables.ts'
import type { Section } from './section.ts'

/** Backfill: many guarded writes in few statements. */
export const batches: Section = (stage, it) => {
  it('an empty batch does nothing', async () => {
    const { adapter } = await stage.process('plain')
    expectSame(await writeBatch(adapter, []), { ...NOTHING_WRITTEN, failed: [] }, 'the tally of nothing')
  })

  for (const shape of ['plain', 'ownKey', 'withoutLedger'] as const) {
    it(`${shape}: a batch counts what it created, updated and left unchanged`, async () => {
      const process = await stage.process(shape)
      const sync = stage.sync(process)
      const [created, updated, stale, same, deleted] = [1, 2, 3, 4, 5].map(() => stage.history(shape)) as Five
      await sync.apply(updated.created({ at: 1 }, { name: 'Old' }).event)
      await sync.apply(stale.updated({ at: 9 }, { name: 'New' }).event)
      await sync.apply(same.created({ at: 3 }, { name: 'Same' }).event)
      await sync.apply(deleted.deleted({ at: 1 }).event)
      const batch = [
        ...[created, updated, stale, deleted].map((history) =>
          upsertOf(history, history.updated({ at: 2 }, { name: 'Batch' })),
        ),
        upsertOf(same, same.events[0]!),
      ]
      const tally = await writeBatch(process.adapter, batch)
      const expected = {
        ...NOTHING_WRITTEN,
        created: 1,
        updated: 1,
        unchanged: 1,
        stale: 1,
        already_deleted: 1,
        failed: [],
      }
      expectSame(tally, expected, 'the tally of a batch')
      for (const history of [created, updated, stale, same, deleted]) {
        await stage.expectRow(settingOf(history), history.events, 'a row after a batch')
      }
    })

    it(`${shape}: of several changes to one key in a batch the largest version is written, and the others are late`, async () => {
      const { adapter } = await stage.process(shape)
      for (const places of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
      ]) {
        const [history, other] = [stage.history(shape), stage.history(shape)]
        const updates = [1, 2, 3].map((at) => history.updated({ at }, { name: `Name ${at}` }))
        const between = upsertOf(other, other.created({ at: 1 }, { name: 'Other' }))
        const batch = places.flatMap((place) => [upsertOf(history, updates[place]!), ...(place === 1 ? [between] : [])])
        const tally = await writeBatch(adapter, batch)
        expectSame(
          tally,
          { ...NOTHING_WRITTEN, created: 2, stale: 2, failed: [] },
          'the tally of a batch with one key twice',
        )
        for (const each of [history, other])
          await stage.expectRow(settingOf(each), each.events, 'one key several times in a batch')
      }
    })
  }

  it('a batch of 1,000 rows, and the same batch again', async () => {
    const { adapter } = await stage.process('plain')
    const histories = Array.from({ length: 1000 }, () => stage.history('plain'))
    const batch = histories.map((history) =>
      upsertOf(history, history.created({ at: 1 }, { name: 'Ann', metadata: { n: 1 } })),
    )
    const tallies = [await writeBatch(adapter, batch), await writeBatch(adapter, batch.toReversed())]
    const none = { ...NOTHING_WRITTEN, failed: [] }
    expectSame(
      tallies,
      [
        { ...none, created: 1000 },
        { ...none, unchanged: 1000 },
      ],
      'the tallies of a large batch',
    )
    await expectRows(stage, histories, 'a row of a large batch')
  })

  it('changes that name different columns, and rows of different tables, in one batch', async () => {
    const { adapter } = await stage.process('plain')
    const users = Array.from({ length: 3 }, () => stage.history('plain'))
    const [one, two, three] = users.map((history) => upsertOf(history, history.created({ at: 1 }))) as [
      Upsert,
      Upsert,
      Upsert,
    ]
    const organization = stage.history('plain', 'organization')
    const tally = await writeBatch(adapter, [
      { ...one, values: { email: 'one@example.com' } },
      upsertOf(organization, organization.created({ at: 1 }, { name: 'Org' })),
      { ...two, values: { firstName: 'Two', email: undefined } },
      { ...three, values: {} },
    ])
    expectSame(tally, { ...NOTHING_WRITTEN, created: 4, failed: [] }, 'the tally of a mixed batch')
    const rows = await stage.rows(
      'users',
      users.map(({ key }) => key),
    )
    const found = users
      .map(({ key }) => rows.find((row) => row.id === key))
      .map((row) => [row?.email, row?.firstName, row?.banned])
    const expected = [
      ['one@example.com', null, false],
      [null, 'Two', false],
      [null, null, false],
    ]
    expectSame(found, expected, 'changes that name different columns in one batch')
    await stage.expectRow(settingOf(organization), organization.events, 'a row of another table in a batch')
  })

  it('rows of two entities that fill the same columns, under the same keys, go to their own tables', async () => {
    const { adapter } = await stage.process('plain')
    const pairs = [1, 2].map((n) => {
      const user = stage.history('plain')
      const organization = stage.history('plain', 'organization', user.key)
      return [user, organization].map((history) => ({
        history,
        change: {
          ...upsertOf(history, history.created({ at: history === user ? n : 3 - n })),
          values: portValues(history.table, { publicMetadata: { of: history.entity } }),
        },
      }))
    })
    const tally = await writeBatch(
      adapter,
      pairs.flat().map(({ change }) => change),
    )
    expectSame(tally, { ...NOTHING_WRITTEN, created: 4, failed: [] }, 'the tally of a batch of two entities')
    for (const { history } of pairs.flat()) {
      const row = await stage.row(history.table, history.key)
      expectSame(row?.publicMetadata, { of: history.entity }, 'a row of a batch is not in the table of its entity')
    }
  })

  it('a row that the database refuses is reported, with the error, and the others are written', async () => {
    const process = await stage.process('requiredLast')
    const histories = Array.from({ length: 9 }, () => stage.history('requiredLast'))
    const batch = histories.map((history) => upsertOf(history, history.created({ at: 1 }, { name: 'Ann' })))
    const bad = { ...batch[4]!, values: { firstName: 'Nobody', email: null } }
    const { failed, ...counts } = await writeBatch(process.adapter, batch.with(4, bad))
    expectSame(
      failed.map(({ change }) => change.key),
      [bad.key],
      'the rows that a batch reports as failed',
    )
    expectSame(failed[0]?.error !== undefined, true, 'a failed row comes with its error')
    expectSame(counts, { ...NOTHING_WRITTEN, created: 8 }, 'the tally of a batch with a row that is refused')
    const written = histories.filter((_, n) => n !== 4)
    await expectRows(stage, written, 'a row beside one that was refused')
    await stage.expectRow(settingOf(histories[4]!), [], 'a row that was refused')
  })

  it('two rows of one batch that want the same e-mail: one is written, one reported', async () => {
    const process = await stage.process('uniqueLast')
    const email = `${stage.fresh('both')}@example.com`
    const histories = Array.from({ length: 6 }, () => stage.history('uniqueLast'))
    const batch = histories.map((history, n) =>
      upsertOf(history, history.created({ at: 1 }, { email: n === 1 || n === 4 ? email : null, name: 'Ann' })),
    )
    const { failed, ...counts } = await writeBatch(process.adapter, batch)
    expectSame(
      [failed.length, counts],
      [1, { ...NOTHING_WRITTEN, created: 5 }],
      'the tally of a batch that clashes with itself',
    )
    const lost = failed[0]!.change.key
    const written = histories.filter(({ key }) => key !== lost)
    await expectRows(stage, written, 'a row of a batch that clashes with itself')
  })
}

type Five = [History, History, History, History, History]

/** Reads many rows at once, so that a large batch is looked at whole. */
async function expectRows(stage: Stage, histories: readonly History[], symptom: string): Promise<void> {
  for (let start = 0; start < histories.length; start += 250) {
    const part = histories.slice(start, start + 250)
    const { table } = part[0]!
    const rows = await stage.rows(
      table,
      part.map(({ key }) => key),
    )
    const byKey = new Map(rows.map((row) => [row[TABLES[table].key], row]))
    for (const history of part) {
      expectSame(byKey.get(history.key), expectedRow(settingOf(history), history.events), symptom)
    }
  }
}
